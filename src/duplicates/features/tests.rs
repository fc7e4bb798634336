//! Keys under which petitions of one matter in other words meet.

use super::*;

/// Whether two petitions share a key.
fn meet(one: &Paper, other: &Paper) -> bool {
    let (one, other) = (Features::of(one).keys(), Features::of(other).keys());
    one.iter().any(|key| other.contains(key))
}

fn pasted(text: &str) -> Paper {
    Paper { text: text.to_owned(), ..Paper::default() }
}

fn stored(text: &str, respondent: &str) -> Paper {
    Paper {
        text: text.to_owned(),
        respondent: Some(respondent.to_owned()),
        province: Some("Ninh Bình".to_owned()),
        commune: Some("phường Duy Tiên".to_owned()),
        ..Paper::default()
    }
}

const DENOUNCED: &str = "ĐƠN TỐ CÁO\n\nKính gửi: UBND phường Duy Tiên\n- Thanh tra tỉnh Ninh Bình\n\nTôi tên là: […]\n\n\
    Tôi xin tố cáo ông V.N.Q. (công chức địa chính) đã sửa danh sách hỗ trợ.";

#[test]
fn a_denunciation_whose_commune_is_cut_out_meets_the_one_it_goes_on_with() {
    let earlier =
        Paper { is_identity: true, ..stored(DENOUNCED, "ông V.N.Q. (công chức địa chính)") };
    let later = |accused: &str, to: &str| {
        pasted(&format!(
            "ĐƠN TỐ CÁO\n\nKính gửi: UBND […]\n- {to}\n\nTôi tên là: […]\n\nNay tôi tố cáo tiếp: từ năm 1980 {accused} \
             hợp thức hóa đất công."
        ))
    };
    let accused = "ông V.N.Q. (công chức địa chính)";
    assert!(meet(&later(accused, "Thanh tra tỉnh Ninh Bình"), &earlier));
    assert!(!meet(&later(accused, "Thanh tra tỉnh Nghệ An"), &earlier), "whoever else has these initials");
    assert!(!meet(&later("ông T.V.B. (công chức địa chính)", "Thanh tra tỉnh Ninh Bình"), &earlier));
}

#[test]
fn a_part_of_a_mixed_letter_meets_the_whole_by_whom_the_text_alone_accuses() {
    let text = "Tôi khiếu nại quyết định của Sở Tài chính. Tôi cũng tố cáo bà Đ.T.Y. (trưởng thôn) thu tiền của dân.";
    let mixed = stored(text, "Sở Tài chính tỉnh Ninh Bình");
    let part = pasted("Kính gửi: UBND phường Duy Tiên\n\nBà Đ.T.Y. (trưởng thôn) thu tiền của dân.");
    assert!(meet(&part, &mixed));
    assert!(!meet(&pasted("Kính gửi: UBND phường Duy Tiên\n\nBà L.T.Y. (trưởng thôn) thu tiền."), &mixed));
}

#[test]
fn a_summary_of_a_letter_meets_it_by_name_and_commune() {
    let signer = Signer::Plain {
        name: Some("Dương Thị Phượng".to_owned()),
        address: None,
        id_number: None,
        phone: None,
    };
    let earlier =
        Paper { signer, ..stored("Cầu bắc qua kênh xuống cấp.", "UBND phường Duy Tiên") };
    let summary = |name: &str, commune: &str| {
        pasted(&format!(
            "TÓM TẮT NỘI DUNG ĐƠN\n\nÔng (bà) {name}, địa chỉ: tổ dân phố số 15, {commune}, có đơn đề ngày 27/07/2025.\n\
             Theo đơn: đất do ông bà khai hoang, đường ngập."
        ))
    };
    assert!(meet(&summary("Dương Thị Phượng", "phường Duy Tiên"), &earlier));
    assert!(!meet(&summary("Dương Thị Phượng", "phường Hà Nam"), &earlier), "a namesake elsewhere");
    assert!(!meet(&summary("Dương Thị Loan", "phường Duy Tiên"), &earlier));
}
