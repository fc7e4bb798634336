//! Help in both languages.

use super::Desk;

#[test]
fn the_top_of_the_help_says_what_there_is() {
    let help = Desk::bare().run(["--help"]).ok();
    insta::assert_snapshot!(help, @r#"
    Tìm kiếm và phân tích đơn thư, nhiệm vụ, văn bản hành chính trên cùng một thời điểm dữ liệu

    Cách dùng:
      thanhtra [OPTIONS] <LỆNH>

    Lệnh:
      demo             Tạo dữ liệu mô phỏng, nạp vào kho mới và mở trang web trên máy này
      init             Tạo kho dữ liệu trống
      ingest           Nạp tệp CSV, NDJSON, XLSX, Parquet hoặc edXML (cả .zst, .gz); mỗi tệp là một lần
                       ghi
      attach           Đính kèm tệp vào một bản ghi; tệp được giữ trong kho theo mã băm
      attachment       Lấy lại một tệp đính kèm
      search           Tìm toàn văn, có hoặc không dấu; không nêu từ thì lấy mọi bản ghi
      similar          Các bản ghi liên quan đến một bản ghi (văn bản liên quan)
      suggest          Gợi ý phần tiếp theo của câu tìm đang gõ
      sql              Chạy một câu SELECT trong tiến trình con có giới hạn
      duplicates       Tìm văn bản gần giống nhau (nghi trùng) để người có trách nhiệm xem xét
      circles          Đơn đi vòng: chuyển không ai trả lời, chuyển về nơi cũ, xử lý khác nhau
      sources          Bảng điểm nguồn dữ liệu: đủ trường, mới, nhập muộn, ai im lặng
      parallel         Đối chiếu hai hệ thống chạy song song, giải thích từng chênh lệch
      edxml            Trao đổi văn bản: lập thông báo trạng thái edXML
      metric           Tính một chỉ số đã định nghĩa trong queries/
      readiness        Chỉ số sẵn sàng: xếp hạng một kỳ, thay đổi so với kỳ trước, hồ sơ một tỉnh
      eval             Đo chất lượng xếp hạng trên các câu hỏi đã được đánh giá
      receipt          Tra một mã kiểm chứng số liệu: tính lại và mở các bản ghi
      period           Chốt số liệu của một kỳ, liệt kê kỳ đã chốt, xem gì đến sau khi chốt
      report           Lập biểu thống kê theo thông tư cho một kỳ; không nêu biểu thì liệt kê
      scorecard        Chấm điểm đơn vị theo công thức; không nêu công thức thì liệt kê
      digest           Lập tin nhắn và thư từ mẫu, đưa vào hàng chờ gửi
      deadline         Hạn theo luật: liệt kê quy tắc, tính, giải thích hạn của một bản ghi
      serve            Mở API HTTP, trang tìm kiếm và bảng theo dõi trên máy này
      history          Các lần ghi của kho, hoặc mọi phiên bản của một bản ghi
      verify           Kiểm tra bảng, lịch sử và chỉ mục; mã thoát 1 nếu có vấn đề
      optimize         Gộp các tệp nhỏ của bảng
      rebuild-indexes  Dựng lại chỉ mục từ bảng

    Tùy chọn:
          --data <PATH>                Kho dữ liệu: thư mục hoặc URL file: (biến THANHTRA_DATA; mặc định
                                       ./thanhtra-data)
          --lang <vi|en>               Ngôn ngữ của thông báo (biến THANHTRA_LANG; mặc định vi)
          --progress <auto|json|none>  Tiến độ trên stderr: auto (thanh trên màn hình), json (mỗi giây
                                       một dòng) hoặc none
      -h, --help                       In hướng dẫn này
      -V, --version                    In phiên bản

    Ví dụ:
      thanhtra demo
      thanhtra init --data kho
      thanhtra ingest petitions don-thu.xlsx --data kho
      thanhtra search petitions "khieu nai dat dai" --facet status --data kho
    "#);
}

#[test]
fn help_and_version_are_data_and_succeed() {
    let desk = Desk::bare();
    let help = desk.run(["ingest", "--help", "--lang", "en"]).ok();
    assert!(help.contains("Examples:") && help.contains("thanhtra ingest petitions"), "{help}");
    assert!(help.contains("Options:") && !help.contains("Ví dụ"), "{help}");
    assert_eq!(desk.run(["--version"]).ok(), format!("thanhtra {}\n", env!("CARGO_PKG_VERSION")));
}
