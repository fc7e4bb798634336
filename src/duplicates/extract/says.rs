//! What a letter says it is: a second complaint, a supplement, one that nobody signs.

use std::sync::LazyLock;

use crate::duplicates::extract::reading::{Phrases, Reading};

static SECOND: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "khiếu nại lần hai",
        "khiếu nại lần 2",
        "khiếu nại tiếp lần hai",
        "giải quyết khiếu nại lần đầu",
        "quyết định giải quyết lần đầu",
        "giải quyết lần đầu",
        "giải quyết lần 1",
        "không đồng ý với quyết định giải quyết khiếu nại",
        "quá thời hạn giải quyết khiếu nại",
        "hết thời hạn giải quyết mà khiếu nại",
    ])
});
static CONTINUED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "tố cáo tiếp",
        "tiếp tục tố cáo",
        "không đồng ý với kết luận nội dung tố cáo",
        "kết luận nội dung tố cáo",
        "kết luận tố cáo",
        "quá thời hạn giải quyết tố cáo",
    ])
});
static SUPPLEMENT: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "đơn bổ sung",
        "đơn khiếu nại bổ sung",
        "đơn tố cáo bổ sung",
        "đơn kiến nghị bổ sung",
        "bổ sung cho đơn",
        "bổ sung đơn",
        "bổ sung nội dung đơn",
        "bổ sung chứng cứ",
        "bổ sung tài liệu",
        "bổ sung thêm",
        "tình tiết mới",
        "chứng cứ mới",
        "tài liệu mới",
        "nộp thêm",
        "gửi thêm chứng cứ",
        "xin bổ sung",
        "trình bày thêm",
        "nêu thêm",
    ])
});
static ANONYMOUS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "xin không nêu tên",
        "không nêu tên",
        "xin được giấu tên",
        "xin giấu tên",
        "giấu tên",
        "không dám nêu tên",
        "không dám ký tên",
        "xin không ký tên",
        "đơn nặc danh",
    ])
});
static AGAIN: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "gửi lại đơn",
        "đơn gửi lại",
        "gửi đơn lần thứ",
        "đã nhiều lần gửi đơn",
        "đã gửi đơn nhưng chưa",
        "tiếp tục gửi đơn",
        "làm lại đơn này",
        "gửi đơn lần",
    ])
});

/// What a letter says it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five sentences that may stand side by side")]
pub struct Says {
    /// A complaint after the first decision.
    pub is_second: bool,
    /// A denunciation after the conclusion.
    pub is_continued: bool,
    /// New facts for an earlier letter.
    pub is_supplement: bool,
    /// Nobody wants to be named.
    pub is_anonymous: bool,
    /// An earlier letter once more.
    pub is_again: bool,
}

impl Says {
    pub(in crate::duplicates::extract) fn of(reading: &Reading<'_>) -> Self {
        let words = &reading.words;
        Self {
            is_second: SECOND.is_in(words),
            is_continued: CONTINUED.is_in(words),
            is_supplement: SUPPLEMENT.is_in(words),
            is_anonymous: ANONYMOUS.is_in(words),
            is_again: AGAIN.is_in(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_what_it_is() {
        let says = |text: &str| Says::of(&Reading::of(text));
        assert!(says("tôi KHIEU NAI LAN HAI với nội dung").is_second);
        assert!(says("Nay tôi tố cáo tiếp về việc").is_continued);
        assert!(says("Đây là đơn bổ sung cho đơn đã gửi").is_supplement);
        assert!(says("Chúng tôi là người dân, xin không nêu tên.").is_anonymous);
        assert!(says("Tôi gửi lại đơn ngày 1/2").is_again);
        assert_eq!(says("Tôi khiếu nại việc thu hồi đất"), Says::default());
    }
}
