//! Measuring the order of hits on judged questions.

use super::Desk;

fn judged(desk: &Desk) -> [String; 2] {
    let queries = "q1\tbồi thường thu hồi đất của huyện như thế nào, đúng hay sai?\nq2\tsửa đường liên thôn\nq3\tkhông ai đánh giá\n";
    let qrels = "q1 0 1 1\nq1 0 2 1\nq2 0 3 1\n";
    [desk.file("queries.tsv", queries), desk.file("qrels.tsv", qrels)]
}

#[test]
fn judged_questions_give_one_line_a_measure() {
    let desk = Desk::with_petitions();
    let [queries, qrels] = judged(&desk);
    let typed = ["eval", "petitions", "--queries", &queries, "--qrels", &qrels];
    let run = desk.run(typed);
    assert!(run.stderr.contains("2 câu hỏi"), "{}", run.stderr);
    let perfect = "nDCG@10 1.0000\nMRR@10 1.0000\nR@10 1.0000\nR@100 1.0000\n";
    assert_eq!(run.ok(), perfect);
    assert_eq!(desk.run(typed.iter().chain(&["--strip-marks"])).ok(), perfect);
    let ablation = desk.run(typed.iter().chain(&["--ablation"])).ok();
    assert!(ablation.starts_with("pairs ") && ablation.contains("\nall but headline"), "{ablation}");
}

#[test]
fn two_runs_are_compared_question_by_question() {
    let desk = Desk::with_petitions();
    let [queries, qrels] = judged(&desk);
    let typed = ["eval", "petitions", "--queries", &queries, "--qrels", &qrels];
    let kept = desk.path("now.run").display().to_string();
    desk.run(typed.iter().chain(&["--run", &kept])).ok();
    let same = desk.run(typed.iter().chain(&["--against", &kept])).ok();
    assert!(same.starts_with("nDCG@10"), "{same}");
    let worse = desk.file("worse.run", "q1 Q0 1 1 2 t\nq1 Q0 2 2 1 t\nq2 Q0 1 1 2 t\nq2 Q0 3 2 1 t\n");
    let differs = desk.run(typed.iter().chain(&["--against", &worse])).ok();
    assert!(differs.starts_with("q2 0.6309 -> 1.0000\nnDCG@10"), "{differs}");
}

#[test]
fn a_wrong_file_or_signal_is_named() {
    let desk = Desk::with_petitions();
    let [queries, qrels] = judged(&desk);
    let run = desk.run(["eval", "petitions", "--queries", &qrels, "--qrels", &qrels]);
    assert!(
        run.code != 0 && run.stderr.contains("line 1 of") && run.stderr.contains("qrels.tsv"),
        "{}",
        run.stderr
    );
    let run = desk.run(["eval", "petitions", "--queries", &queries, "--qrels", &qrels, "--without", "x"]);
    assert!(run.code != 0 && run.stderr.contains("passage"), "{}", run.stderr);
}

/// `source_id` of the hits, best first.
fn order(desk: &Desk, text: &str) -> Vec<String> {
    let found = desk.run(["search", "documents", text, "--format", "csv"]).ok();
    found.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().to_owned()).collect()
}

#[test]
fn a_law_stands_above_the_circular_that_repeats_it() {
    let desk = Desk::new();
    let text = "Người sử dụng đất được bồi thường khi Nhà nước thu hồi đất";
    let rows = format!(
        "source_id,title,number,text\n1,Bồi thường,10/2024/TT-BTNMT,{text}\n2,Bồi thường,88/2024/NĐ-CP,{text}\n3,Bồi thường,31/2024/QH15,{text}\n"
    );
    let file = desk.file("documents.csv", rows);
    desk.run(["ingest", "documents", &file]).ok();
    for text in ["thu hồi đất", "khi nao nguoi su dung dat duoc boi thuong khi thu hoi dat"] {
        assert_eq!(order(&desk, text), ["3", "2", "1"], "{text}");
    }
}

#[test]
fn a_headline_and_a_passage_about_the_question_come_first() {
    let desk = Desk::new();
    let filler = "quy định chung áp dụng cho cơ quan tổ chức cá nhân có liên quan ".repeat(12);
    let rows = format!(
        "source_id,title,number,text\n\
         1,Điều khoản khác,1,quyền sở hữu nhà ở {filler} của người nước ngoài {filler} tại Việt Nam\n\
         2,Điều khoản khác,2,{filler} quyền sở hữu nhà ở của người nước ngoài tại Việt Nam {filler}\n\
         3,Quyền sở hữu nhà ở của người nước ngoài,3,{filler} quyền sở hữu nhà ở của người nước ngoài tại Việt Nam {filler}\n"
    );
    let file = desk.file("documents.csv", rows);
    desk.run(["ingest", "documents", &file]).ok();
    let question = "Quyền sở hữu nhà ở của người nước ngoài tại Việt Nam như thế nào?";
    assert_eq!(order(&desk, question), ["3", "2", "1"]);
}
