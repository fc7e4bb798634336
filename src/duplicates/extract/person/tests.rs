//! How people introduce themselves.

use super::*;
use crate::duplicates::extract::head::Head;

fn person(text: &str) -> Person {
    let reading = Reading::of(text);
    read(&reading, Head::of(&reading).end).0
}

fn names(text: &str) -> Vec<String> {
    person(text).names.iter().map(|name| name.words().join(" ")).collect()
}

#[test]
fn names_are_read_without_titles() {
    let table: [(&str, &[&str]); 13] = [
        ("Tôi tên là: Nguyễn Văn Nam, sinh năm 1962", &["nguyen van nam"]),
        ("TÔI TÊN LÀ NGUYỄN VĂN NAM\nTrú tại", &["nguyen van nam"]),
        ("Toi ten la Nguyen Van Nam, tru tai thon 3", &["nguyen van nam"]),
        ("Họ và tên: Bà Trần Thị Sáu - sinh năm 1970", &["tran thi sau"]),
        ("Họ và tên người làm đơn: Trần Thị Sáu\nNơi ở: thôn 2", &["tran thi sau"]),
        ("Tôi là Lê Văn Tám, trú tại thôn 2", &["le van tam"]),
        ("Tôi là công dân xã Tân Hòa", &[]),
        ("Chúng tôi là ông Lê Văn Tám và bà Trần Thị Sáu, trú tại thôn 2", &["le van tam", "tran thi sau"]),
        (
            "Chúng tôi là vợ chồng ông Lê Văn Tám, bà Trần Thị Sáu cùng trú tại",
            &["le van tam", "tran thi sau"],
        ),
        ("Tên tôi là Nguyễn Văn A Sinh năm 1960", &["nguyen van a"]),
        ("Nội dung đơn.\n\nNgười làm đơn\n(Đã ký)\nNguyễn Văn Nam", &["nguyen van nam"]),
        ("Tôi tên là 12345", &[]),
        ("", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(names(text), expected, "{text}");
    }
}

#[test]
fn numbers_are_read_after_their_words() {
    let table = [
        ("CCCD số: 040062001234 do Cục cấp", "040062001234", ""),
        ("số căn cước công dân 040 062 001 234; ĐT: 0168.123.4567", "040062001234", "0381234567"),
        ("CMND: 180123456, điện thoại +84 912 345 678", "180123456", "0912345678"),
        ("chứng minh nhân dân 180123456", "180123456", ""),
        ("căn cước 999123456789; ĐT 0000123456", "999123456789", "0000123456"),
        ("CMND sổ đỏ 12", "", ""),
        ("thửa 180123456", "", ""),
    ];
    for (text, id, phone) in table {
        let found = person(text);
        assert_eq!(found.id_numbers.concat(), id, "{text}");
        assert_eq!(found.phones.concat(), phone, "{text}");
    }
}

#[test]
fn names_lose_titles_and_keep_themselves() {
    let key = |written: &str| Name::of(written).map(|name| name.key()).unwrap_or_default();
    assert_eq!(key("Ông NGUYỄN VĂN NAM"), key("nguyen van nam"));
    assert_eq!(key("Bà Anh"), "anh");
    assert_eq!(key("Anh"), "anh");
    assert_eq!(key(" , "), "");
    assert_eq!(id_number("12345"), None);
    assert_eq!(phone("123"), None);
}
