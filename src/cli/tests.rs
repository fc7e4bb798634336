//! The definition of the command line as a whole, and what a panic tells.

use super::*;

#[test]
fn the_definition_of_the_command_line_is_sound() {
    for language in [Language::Vi, Language::En] {
        help::command(language).debug_assert();
    }
}

#[test]
fn a_panic_tells_its_place_and_asks_for_a_report() {
    for language in [Language::Vi, Language::En] {
        let told = sentence("cli.panic", language, &[("place", "src/a.rs:1:2")]);
        assert!(told.contains("src/a.rs:1:2") && !told.contains('{'), "{told}");
    }
}
