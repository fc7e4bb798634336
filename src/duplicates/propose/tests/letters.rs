//! Letters written by hand, a pair for each relation, as they come: with other spellings and without columns.

use super::*;
use crate::domain::civil::CivilDate;
use crate::duplicates::paper::Outcome;

const STORY: &str = "Gia đình tôi sử dụng thửa đất số 125, tờ bản đồ số 7, diện tích 320 m² tại thôn Đông, xã Tân Hòa ổn định từ năm 1987, có đóng thuế hằng năm. Ngày 12/5/2023, UBND huyện ban hành Quyết định số 1234/QĐ-UBND thu hồi toàn bộ thửa đất nói trên để làm đường liên xã. Tổ kiểm đếm bỏ sót dãy chuồng trại và giếng khoan, không lập biên bản với gia đình. Số tiền bồi thường 185.000.000 đồng là quá thấp so với thửa liền kề. Tôi đề nghị đo đạc lại, kiểm đếm bổ sung tài sản và áp đúng đơn giá theo quy định của tỉnh.";
const NAM: &str = "Tôi tên là: Nguyễn Văn Nam, sinh năm 1962\nCCCD số: 040062001234\nĐịa chỉ: thôn Đông, xã Tân Hòa, tỉnh Nghệ An\nĐiện thoại: 0912 345 678";
const SAU: &str = "Tôi tên là: Trần Thị Sáu, sinh năm 1970\nCCCD số: 040170009999\nĐịa chỉ: thôn Tây, xã Tân Hòa, tỉnh Nghệ An\nĐiện thoại: 0987 654 321";

fn letter(day: &str, to: &str, who: &str, story: &str) -> String {
    let name = who.split(['\n', ',']).next().unwrap_or_default().replace("Tôi tên là: ", "");
    format!(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nNghệ An, ngày {day}\n\nĐƠN KHIẾU NẠI\n\nKính gửi: {to}\n\n{who}\n\n{story}\n\nTôi xin cam đoan những nội dung trên là đúng sự thật.\n\nNgười làm đơn\n{name}"
    )
}

fn pasted(text: String) -> Paper {
    Paper { text, ..Paper::default() }
}

fn first() -> Paper {
    pasted(letter("20 tháng 5 năm 2023", "UBND xã Tân Hòa", NAM, STORY))
}

fn kind(kind: &str, paper: Paper) -> Paper {
    Paper { kind: Some(kind.to_owned()), ..paper }
}

#[test]
fn each_relation_is_proposed_for_letters_of_its_sort() {
    let unmarked = crate::text::fold::fold(&letter("20/5/2023", "Thanh tra tỉnh Nghệ An", NAM, STORY));
    let more = format!(
        "{STORY} Ngày 3/4/2024 tôi tìm được trích lục bản đồ năm 1992 có chữ ký của địa chính xã, cho thấy thửa đất rộng 410 m² chứ không phải 320 m², xin nộp kèm theo đơn này."
    );
    let second = "Tôi không đồng ý với quyết định giải quyết khiếu nại lần đầu vì cơ quan chưa xem xét các giấy tờ về thửa đất số 125, tờ bản đồ số 7. Nay tôi khiếu nại lần hai đối với Quyết định số 1234/QĐ-UBND, mong cấp trên làm rõ.";
    let half = "Tổ kiểm đếm bỏ sót dãy chuồng trại và giếng khoan, không lập biên bản với gia đình. Số tiền bồi thường 185.000.000 đồng là quá thấp so với thửa liền kề.";
    let road = "Tuyến đường qua thôn xuống cấp, nhiều ổ gà, mùa mưa học sinh không đi lại được. Đề nghị sửa chữa và lắp thêm đèn chiếu sáng trước mùa mưa bão năm nay.";
    let again = letter("02 tháng 8 năm 2023", "UBND xã Tân Hòa", NAM, STORY);
    let other_household =
        STORY.replace("thửa đất số 125", "thửa đất số 131").replace("185.000.000", "97.500.000");
    let table = [
        (
            letter("20 tháng 5 năm 2023", "Thanh tra tỉnh Nghệ An\n- Văn phòng Chính phủ", NAM, STORY),
            Proposed::CarbonCopy,
        ),
        (unmarked, Proposed::CarbonCopy),
        (again, Proposed::Resend),
        (letter("10 tháng 4 năm 2024", "UBND xã Tân Hòa", NAM, &more), Proposed::Supplement),
        (letter("25 tháng 5 năm 2023", "UBND xã Tân Hòa", SAU, &other_household), Proposed::FormLetter),
        (letter("25 tháng 5 năm 2023", "UBND xã Tân Hòa", SAU, STORY), Proposed::FormLetter),
        (letter("01 tháng 3 năm 2024", "UBND tỉnh Nghệ An", NAM, second), Proposed::SecondComplaint),
        (letter("20 tháng 5 năm 2023", "UBND xã Tân Hòa", NAM, half), Proposed::Split),
        (
            format!("Chúng tôi là người dân xã Tân Hòa, xin không nêu tên.\n\n{STORY}"),
            Proposed::AnonymousCopy,
        ),
        (
            letter(
                "01 tháng 9 năm 2023",
                "UBND xã Tân Hòa",
                SAU,
                "Tôi cũng bị ảnh hưởng bởi Quyết định số 1234/QĐ-UBND của huyện, ao cá nhà tôi bị lấp mất một phần mà chưa được hỏi ý kiến lần nào.",
            ),
            Proposed::Related,
        ),
        (letter("01 tháng 9 năm 2023", "UBND xã Tân Hòa", SAU, road), Proposed::Unrelated),
        (road.to_owned(), Proposed::Unrelated),
        (String::new(), Proposed::Unrelated),
    ];
    for (text, expected) in table {
        let found = proposed(&pasted(text.clone()), &first());
        assert_eq!(
            found.relation,
            expected,
            "{text}\n{} {:?} {:?}",
            found.levels.to_line(),
            codes(&found.reasons),
            codes(&found.against)
        );
    }
}

#[test]
fn a_denunciation_goes_on_after_its_conclusion() {
    let day = |text: &str| Some(CivilDate::day(text.parse().unwrap()));
    let conclusion =
        Outcome { number: Some("15/KL-TTr".to_owned()), issued_on: day("2024-01-10"), kind: None };
    let story = "Ông N.V.B, công chức địa chính xã Tân Hòa, nhận tiền của dân để làm sổ đỏ nhưng không làm, gây bức xúc trong nhân dân thôn Đông suốt hai năm.";
    let signer = |unit: &str| Signer::Keyed { unit: unit.to_owned(), tokens: vec![[1; 16], [3; 16]] };
    let earlier = Paper {
        text: story.to_owned(),
        kind: Some("denunciation".to_owned()),
        is_identity: true,
        signer: signer("Thanh tra tỉnh"),
        respondent: Some("ông N.V.B".to_owned()),
        commune: Some("xã Tân Hòa".to_owned()),
        received_on: day("2023-06-01"),
        outcome: Some(conclusion),
        ..Paper::default()
    };
    let later = Paper {
        text: "Tôi không đồng ý với kết luận nội dung tố cáo số 15/KL-TTr, nay tôi tố cáo tiếp vì người bị tố cáo vẫn thu tiền của các hộ dân khác.".to_owned(),
        received_on: day("2024-02-01"),
        outcome: None,
        ..earlier.clone()
    };
    let found = proposed(&later, &earlier);
    assert_eq!(found.relation, Proposed::ContinuedDenunciation);
    assert!(codes(&found.reasons).contains(&"says_continued"));
    let told = found.reasons.iter().find(|reason| reason.code == "after_decision").unwrap();
    assert_eq!(told.values, [("number", "15/KL-TTR".to_owned()), ("day", "10/01/2024".to_owned())]);
    // In another unit nobody may know that it is the same person.
    let elsewhere = Paper { signer: signer("UBND huyện"), ..later };
    let found = proposed(&elsewhere, &earlier);
    assert!(found.score.parts().iter().all(|part| !Signal::PERSON.contains(&part.signal)));
    assert!(codes(&found.against).contains(&"signer_secret"));
}

#[test]
fn a_letter_sent_again_after_the_decision_says_so_against_itself() {
    let day = |text: &str| Some(CivilDate::day(text.parse().unwrap()));
    let earlier = Paper { resolved_on: day("2023-07-15"), ..kind("complaint", first()) };
    let again = kind("complaint", pasted(letter("02 tháng 8 năm 2023", "UBND xã Tân Hòa", NAM, STORY)));
    let found = proposed(&again, &earlier);
    assert_eq!(found.relation, Proposed::Resend);
    assert!(codes(&found.against).contains(&"after_decision"), "{:?}", codes(&found.against));
    assert!(codes(&found.reasons).contains(&"same_id_number"));
    assert!(codes(&found.reasons).contains(&"same_parcel"));
}

#[test]
fn an_anonymous_copy_never_counts_as_the_matter_of_a_named_person() {
    let nameless = Paper { is_anonymous: true, ..pasted(STORY.to_owned()) };
    let found = proposed(&nameless, &first());
    assert_eq!(found.relation, Proposed::AnonymousCopy);
    assert!(!found.relation.is_one_matter());
}

#[test]
fn no_reason_holds_a_value_of_a_signer() {
    let found = proposed(&first(), &first());
    let told = format!("{found:?}");
    for value in ["040062001234", "0912345678", "Nguyễn", "nguyen", "thôn", "dong|"] {
        assert!(!told.contains(value), "{value} in {told}");
    }
}

#[test]
fn the_text_of_a_secret_signer_is_not_read_for_people() {
    let secret = Paper { is_identity: true, ..first() };
    let found = proposed(&secret, &first());
    assert!(Signal::PERSON.iter().all(|signal| found.levels.of(*signal) == Level::Unknown));
}

#[test]
fn the_new_card_and_the_old_number_are_no_two_people() {
    let old = NAM.replace("CCCD số: 040062001234", "CMND số 180123456");
    let found = proposed(&pasted(letter("02 tháng 8 năm 2023", "UBND xã Tân Hòa", &old, STORY)), &first());
    assert_eq!((found.relation, found.levels.of(Signal::IdNumber)), (Proposed::Resend, Level::Unknown));
}

#[test]
fn petitions_in_other_words_share_keys() {
    let other =
        pasted(letter("01 tháng 3 năm 2024", "UBND tỉnh Nghệ An", NAM, "Xin xem lại việc của gia đình tôi."));
    let stranger = pasted(letter("01 tháng 3 năm 2024", "UBND tỉnh Nghệ An", SAU, "Xin xem lại việc này."));
    let [one, two, three] = [&first(), &other, &stranger].map(|paper| Features::of(paper).keys());
    assert!(one.iter().any(|key| two.contains(key)));
    assert!(one.iter().all(|key| !three.contains(key)));
    assert!(one.is_sorted());
}

#[test]
fn what_letters_of_one_field_say_alike_is_no_matter_in_common() {
    let about = |commune: &str, respondent: &str, story: &str| Paper {
        province: Some("Nghệ An".to_owned()),
        commune: Some(commune.to_owned()),
        respondent: Some(respondent.to_owned()),
        ..pasted(story.to_owned())
    };
    let alike = "Việc này đã kéo dài nhiều tháng, gia đình đã nhiều lần trình bày với cán bộ nhưng chưa được trả lời. Kính đề nghị cơ quan có thẩm quyền kiểm tra, xử lý dứt điểm và trả lời bằng văn bản cho người dân biết.";
    let dust = format!(
        "Xưởng gỗ đầu thôn hoạt động cả đêm, bụi bay vào nhà, trẻ nhỏ phải đóng kín cửa mới ngủ được. Chủ xưởng hứa lắp máy hút từ đầu năm rồi thôi, xe chở gỗ tròn cày nát con ngõ bê tông mà bà con góp tiền đổ. Ban đêm máy cưa rít đến hai giờ sáng, cụ già bên cạnh phải lên nhà con trai ở nhờ. {alike}"
    );
    let water = format!(
        "Trạm nước sạch cấp nước đục suốt mùa khô, có mùi tanh, nhiều hộ phải mua nước đóng bình. Đường ống chính vỡ ba lần trong tháng, thợ đến hàn qua loa, hóa đơn vẫn thu đủ. Bể lắng không ai cọ rửa, nắp đậy hỏng để lá cây rơi xuống, xét nghiệm của trường tiểu học cho thấy vi khuẩn vượt ngưỡng cho phép nhiều lần. {alike}"
    );
    let here = about("xã Tân Hòa", "UBND xã Tân Hòa", &dust);
    let elsewhere = Paper {
        province: Some("Cà Mau".to_owned()),
        ..about("xã Đất Mũi", "UBND xã Đất Mũi", &water)
    };
    assert_eq!(proposed(&here, &elsewhere).relation, Proposed::Unrelated);
    // The same agency in the same place, and half of the words: somebody should look at both.
    let beside = about("xã Tân Hòa", "UBND xã Tân Hòa", &water);
    assert_eq!(proposed(&here, &beside).relation, Proposed::Related);
}

#[test]
fn the_same_letter_to_another_agency_is_a_copy_for_half_a_year() {
    let day = |text: &str| Some(CivilDate::day(text.parse().unwrap()));
    let sent = |unit: &str, on: &str, is_identity: bool| Paper {
        unit: Some(unit.to_owned()),
        written_on: day(on),
        is_identity,
        ..pasted(format!("{NAM}\n\n{STORY}"))
    };
    // Neighbours send the same words for months, so that copies of a secret signer must be of one day.
    let table = [
        ("Thanh tra tỉnh Nghệ An", "2024-03-02", Proposed::CarbonCopy, Proposed::CarbonCopy),
        ("Thanh tra tỉnh Nghệ An", "2024-03-03", Proposed::CarbonCopy, Proposed::Related),
        ("Thanh tra tỉnh Nghệ An", "2024-05-20", Proposed::CarbonCopy, Proposed::Related),
        ("UBND xã Tân Hòa", "2024-05-20", Proposed::Resend, Proposed::Resend),
    ];
    for (unit, on, named, secret) in table {
        for (is_identity, expected) in [(false, named), (true, secret)] {
            let first = sent("UBND xã Tân Hòa", "2024-03-01", is_identity);
            let found = proposed(&sent(unit, on, is_identity), &first);
            assert_eq!(found.relation, expected, "{unit} {on} {is_identity}");
        }
    }
}

#[test]
fn a_copy_retold_on_the_same_day_for_another_agency_is_a_copy_though_nobody_may_know_its_signer() {
    let day = |text: &str| Some(CivilDate::day(text.parse().unwrap()));
    let of = |unit: &str, text: &str| Paper {
        unit: Some(unit.to_owned()),
        written_on: day("2024-03-01"),
        respondent: Some("ông N.V.B".to_owned()),
        commune: Some("xã Tân Hòa".to_owned()),
        is_identity: true,
        ..pasted(text.to_owned())
    };
    let short = "Tóm tắt: Ngày 12/5/2023, UBND huyện ban hành Quyết định số 1234/QĐ-UBND thu hồi toàn bộ thửa đất số 125, tờ bản đồ số 7. Số tiền bồi thường 185.000.000 đồng là quá thấp so với thửa liền kề. Cán bộ làm sai mà không ai xử lý.";
    let (copy, first) = (of("Thanh tra tỉnh", short), of("UBND huyện", STORY));
    assert_eq!(proposed(&copy, &first).relation, Proposed::CarbonCopy);
    let later = Paper { written_on: day("2024-09-01"), ..copy };
    assert_ne!(proposed(&later, &first).relation, Proposed::CarbonCopy);
}

#[test]
fn a_namesake_with_another_phone_and_address_is_another_person() {
    let signer = |address: &str, phone: &str| Signer::Plain {
        name: Some("Nguyễn Văn Nam".to_owned()),
        address: Some(address.to_owned()),
        id_number: None,
        phone: Some(phone.to_owned()),
    };
    let of = |address: &str, phone: &str| {
        Paper {
        signer: signer(address, phone),
        ..pasted("Tuyến đường qua thôn xuống cấp, nhiều ổ gà, mùa mưa học sinh không đi lại được. Đề nghị sửa chữa và lắp thêm đèn chiếu sáng trước mùa mưa bão năm nay.".to_owned())
    }
    };
    let first = of("thôn Đông, xã Tân Hòa, tỉnh Nghệ An", "0912345678");
    let table = [
        ("thôn Tây, xã Tân Hòa, tỉnh Nghệ An", "0987654321", Proposed::FormLetter),
        ("thôn Tây, xã Tân Hòa, tỉnh Nghệ An", "0912345678", Proposed::Resend),
        ("thôn Đông, xã Tân Hòa, tỉnh Nghệ An", "0987654321", Proposed::Resend),
    ];
    for (address, phone, expected) in table {
        assert_eq!(proposed(&of(address, phone), &first).relation, expected, "{address} {phone}");
    }
}

#[test]
fn a_pasted_denunciation_in_other_words_finds_the_earlier_one_by_the_accused_and_the_commune() {
    let day = |text: &str| Some(CivilDate::day(text.parse().unwrap()));
    let earlier = Paper {
        text: "Tôi tố cáo ông N.V.B., công chức địa chính xã Tân Hòa, nhận 20.000.000 đồng của dân để làm sổ đỏ nhưng không làm, gây bức xúc trong nhân dân thôn Đông suốt hai năm.".to_owned(),
        kind: Some("denunciation".to_owned()),
        is_identity: true,
        respondent: Some("ông N.V.B. (công chức địa chính)".to_owned()),
        province: Some("Nghệ An".to_owned()),
        commune: Some("xã Tân Hòa".to_owned()),
        received_on: day("2023-06-01"),
        ..Paper::default()
    };
    let again = pasted("Đã quá thời hạn giải quyết mà tố cáo của tôi chưa được kết luận, nay tôi tố cáo tiếp: tại xã Tân Hòa, tỉnh Nghệ An, ông Nguyễn Văn Bình vẫn thu của các hộ khác tổng cộng 35.000.000 đồng.".to_owned());
    let elsewhere = pasted(again.text.replace("Tân Hòa", "Đất Mũi"));
    let keys = |paper: &Paper| Features::of(paper).keys();
    let shares = |paper: &Paper| keys(&earlier).iter().any(|key| keys(paper).contains(key));
    assert!(shares(&again) && !shares(&elsewhere));
    assert_eq!(proposed(&again, &earlier).relation, Proposed::ContinuedDenunciation);
    assert_eq!(proposed(&elsewhere, &earlier).relation, Proposed::Unrelated);
}

#[test]
fn a_pasted_letter_shares_the_keys_of_its_row() {
    let text = "Tại xã Tân Hòa có Quyết định số 1234/QĐ-UBND thu hồi thửa đất số 125, tờ bản đồ số 7.";
    let row = Paper {
        province: Some("Nghệ An".to_owned()),
        commune: Some("xã Tân Hòa".to_owned()),
        ..pasted("Về thửa 125 tờ 7, đề nghị xem lại.".to_owned())
    };
    let [row, pasted] = [row, pasted(text.to_owned())].map(|paper| Features::of(&paper).keys());
    assert!(row.iter().any(|key| pasted.contains(key)));
}

/// A denunciation with secret signers of two units, `fill` standing for what is filled into its form.
fn form_of_secret_signers((unit, day): (&str, &str), lead: &str, fill: [&str; 3]) -> Paper {
    let [people, days, money] = fill;
    let text = format!(
        "{lead}Tôi tố cáo ông N.V.B. (kế toán) ở xã Tân Hòa. Danh sách hỗ trợ bị sửa, thêm tên {people} không cư trú tại \
         thôn Đông. Biên bản họp dân {days} nhưng nhiều người khẳng định không hề dự họp. Nhiều hộ nghèo mất phần \
         hỗ trợ, phải vay nóng {money} để chi tiêu. Trong giờ làm việc cán bộ này thường xuyên vắng mặt. Khi bị phản ánh \
         thì ông ta gọi điện đe dọa, cắt việc làm của con tôi ở địa phương. Đề nghị xác minh, kết luận và xử lý nghiêm."
    );
    Paper {
        text,
        kind: Some("denunciation".to_owned()),
        unit: Some(unit.to_owned()),
        received_on: Some(CivilDate::day(day.parse().unwrap())),
        is_identity: true,
        respondent: Some("ông N.V.B. (kế toán)".to_owned()),
        commune: Some("xã Tân Hòa".to_owned()),
        signer: Signer::Keyed { unit: unit.to_owned(), tokens: vec![[1; 16]] },
        ..Paper::default()
    }
}

#[test]
fn a_supplement_by_nobody_knows_whom_is_of_the_letter_it_repeats_and_of_no_neighbours() {
    const LEAD: &str = "Đây là đơn bổ sung cho đơn tôi đã gửi trước đó; tôi nêu thêm tình tiết mới. ";
    let own = ["mười hai người bên ngoài", "có bốn mươi chữ ký lạ", "của quỹ tín dụng"];
    let neighbours = ["ba gia đình đã chuyển đi", "ghi nhầm cả ngày tháng", "nhà buôn trên phố huyện"];
    let earlier = ("UBND xã", "2024-07-05");
    let asked = form_of_secret_signers(("UBND tỉnh", "2024-09-12"), LEAD, own);
    let relation = |other: Paper| proposed(&asked, &other).relation;
    assert_eq!(relation(form_of_secret_signers(earlier, "", own)), Proposed::Supplement);
    assert_eq!(relation(form_of_secret_signers(earlier, "", neighbours)), Proposed::Related);
}

#[test]
fn a_pasted_denunciation_goes_on_with_what_accuses_the_same_before_the_same_agency() {
    let earlier = Paper {
        text:
            "Kính gửi: UBND tỉnh Phú Thọ\n\nTôi tố cáo ông B.N.H. (công chức địa chính) vắng mặt nhiều lần."
                .to_owned(),
        kind: Some("denunciation".to_owned()),
        is_identity: true,
        respondent: Some("ông B.N.H. (công chức địa chính)".to_owned()),
        province: Some("Phú Thọ".to_owned()),
        commune: Some("phường Phú Thọ".to_owned()),
        ..Paper::default()
    };
    let asked = |to: &str, says: &str| {
        pasted(format!(
            "Kính gửi: {to}\n\n{says} ông B.N.H. (công chức địa chính) lấy đất công chia cho người thân."
        ))
    };
    let relation = |to, says| proposed(&asked(to, says), &earlier).relation;
    assert_eq!(relation("UBND tỉnh Phú Thọ", "Nay tôi tố cáo tiếp:"), Proposed::ContinuedDenunciation);
    assert_ne!(relation("UBND tỉnh Lào Cai", "Nay tôi tố cáo tiếp:"), Proposed::ContinuedDenunciation);
    assert_ne!(relation("UBND tỉnh Phú Thọ", "Tôi tố cáo"), Proposed::ContinuedDenunciation);
}
