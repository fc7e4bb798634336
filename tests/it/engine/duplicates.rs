//! Near-duplicates over a real store: the same ids as everywhere, and nothing of what is gone.

use serde_json::json;
use thanhtra::domain::scope::Scope;
use thanhtra::duplicates::Listed;

use super::world::{World, asked, assert_sound, id, petition};

const LETTER: &str = "Kính gửi Ủy ban nhân dân huyện, tôi làm đơn này đề nghị xem xét việc bồi thường khi thu hồi \
                      ba trăm mét vuông đất vườn của gia đình tôi để làm đường tỉnh mà không có quyết định nào.";

#[test]
fn copies_are_found_by_record_by_text_and_in_pairs_under_the_same_ids() {
    let world = World::new();
    let engine = world.open();
    let rows = [
        petition("a", json!({ "text": LETTER })),
        petition("b", json!({ "text": format!("{LETTER} Tôi xin cảm ơn.") })),
        petition(
            "c",
            json!({ "text": "Xe rác không vào ngõ từ đầu tháng, cả tổ dân phố phải để rác ngoài đường lớn." }),
        ),
    ];
    world.feed(&engine, "petitions", &rows);
    let scope = Scope::everything();
    let (a, b) = (id(&engine, "petitions", "a"), id(&engine, "petitions", "b"));
    let stored = asked(&engine, "petitions", "SELECT id FROM petitions WHERE source_id = 'a'", None);
    assert_eq!(stored, [[a.to_string()]]);
    let found = engine.duplicates_of(a, 0.5, &scope).unwrap();
    assert_eq!(found.matches.iter().map(|found| found.id).collect::<Vec<_>>(), [b]);
    let found = engine.duplicates_of_text("petitions", LETTER, 0.5, &scope).unwrap();
    assert_eq!(found.matches.iter().map(|found| found.id).collect::<Vec<_>>(), [a, b]);
    let pairs = || {
        let mut pairs = Vec::new();
        engine
            .duplicate_pairs("petitions", Listed { min: 0.5, min_containment: None }, &scope, &mut |pair| {
                pairs.push((pair.id_a, pair.id_b));
                Ok(())
            })
            .unwrap();
        pairs
    };
    assert_eq!(pairs(), [(a.min(b), a.max(b))]);

    world.feed(&engine, "petitions", &[json!({ "source_id": "b", "_op": "retract" })]);
    assert!(engine.duplicates_of(a, 0.5, &scope).unwrap().matches.is_empty());
    assert!(pairs().is_empty());
    world.feed(&engine, "petitions", &[petition("c", json!({ "text": LETTER }))]);
    assert_eq!(pairs().len(), 1, "a text that changed is compared as it is now");
    assert!(engine.duplicates_of(b, 0.5, &scope).is_err());
    assert_sound(&engine);
}
