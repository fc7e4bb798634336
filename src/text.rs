//! Floor 1, thought: Vietnamese text.
