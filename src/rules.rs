//! Floor 1, thought: dated rules.
