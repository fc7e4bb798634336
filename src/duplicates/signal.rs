//! What is compared between two petitions, and how well each of it agreed.
//!
//! A signal whose value is missing on either side is unknown and counts for nothing. Signals that tell
//! the same thing twice stand in one group, of which the strongest alone counts.

/// How well two values agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// Missing on either side, or not comparable.
    #[default]
    Unknown,
    /// The same, apart from spelling.
    Agree,
    /// The same in part.
    Partly,
    /// Different.
    Disagree,
}

/// One thing that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// ID number of a signer.
    IdNumber,
    /// Phone of a signer.
    Phone,
    /// Name of a signer.
    Name,
    /// Address of a signer.
    Address,
    /// Case the source linked.
    Case,
    /// Numbers of decisions.
    Decision,
    /// Numbers of land parcels and map sheets.
    Parcel,
    /// Person or agency complained of.
    Respondent,
    /// Commune and province of the matter.
    Place,
    /// Sums of money.
    Amount,
    /// Agency that holds the letter.
    Unit,
    /// Agencies it is addressed to.
    Recipients,
    /// Days between writing.
    Written,
    /// Days between arrival.
    Received,
    /// Three-syllable shingles of the whole texts.
    Similarity,
    /// The same of the shingles that are no boilerplate.
    Content,
    /// How much of the smaller text is in the larger.
    Containment,
    /// Passages that both stories tell.
    Story,
}

/// Signals of which the strongest alone counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What the texts say.
    Text,
    /// When.
    Days,
    /// To whom.
    Agency,
    /// Each counts for itself.
    Alone,
}

/// How every signal agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Levels([Level; SIGNALS]);

/// How many signals there are.
pub const SIGNALS: usize = Signal::ALL.len();

impl Level {
    /// Levels that are evidence.
    pub const KNOWN: [Self; 3] = [Self::Agree, Self::Partly, Self::Disagree];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Agree => "agree",
            Self::Partly => "partly",
            Self::Disagree => "disagree",
        }
    }
}

impl Signal {
    /// All signals, in the order in which an explanation lists them.
    pub const ALL: [Self; 18] = [
        Self::IdNumber,
        Self::Phone,
        Self::Name,
        Self::Address,
        Self::Case,
        Self::Decision,
        Self::Parcel,
        Self::Respondent,
        Self::Place,
        Self::Amount,
        Self::Unit,
        Self::Recipients,
        Self::Written,
        Self::Received,
        Self::Similarity,
        Self::Content,
        Self::Containment,
        Self::Story,
    ];
    /// Signals about who signed.
    pub const PERSON: [Self; 4] = [Self::IdNumber, Self::Phone, Self::Name, Self::Address];

    /// The stable code, in `indexes/duplicates/weights.toml` and in labels (`signal.<code>`).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::Address => "address",
            Self::Case => "case",
            Self::Decision => "decision",
            Self::Parcel => "parcel",
            Self::Respondent => "respondent",
            Self::Place => "place",
            Self::Amount => "amount",
            Self::Unit => "unit",
            Self::Recipients => "recipients",
            Self::Written => "written",
            Self::Received => "received",
            Self::Similarity => "similarity",
            Self::Content => "content",
            Self::Containment => "containment",
            Self::Story => "story",
        }
    }

    /// The group it counts in.
    #[must_use]
    pub fn group(self) -> Group {
        match self {
            Self::Similarity | Self::Content | Self::Containment | Self::Story => Group::Text,
            Self::Written | Self::Received => Group::Days,
            Self::Unit | Self::Recipients => Group::Agency,
            _ => Group::Alone,
        }
    }
}

impl Levels {
    /// How `signal` agreed.
    #[must_use]
    pub fn of(&self, signal: Signal) -> Level {
        self.0.get(signal as usize).copied().unwrap_or_default()
    }

    /// The same with one level set.
    #[must_use]
    pub fn with(mut self, signal: Signal, level: Level) -> Self {
        if let Some(slot) = self.0.get_mut(signal as usize) {
            *slot = level;
        }
        self
    }

    /// Signals that are known, with their levels.
    pub fn known(&self) -> impl Iterator<Item = (Signal, Level)> + '_ {
        Signal::ALL.into_iter().map(|signal| (signal, self.of(signal))).filter(|(_, l)| *l != Level::Unknown)
    }

    /// One line that [`Self::parse`] reads again: `name=agree;parcel=disagree`.
    #[must_use]
    pub fn to_line(&self) -> String {
        let all: Vec<String> = self.known().map(|(s, l)| format!("{}={}", s.code(), l.code())).collect();
        all.join(";")
    }

    /// Reads a line of [`Self::to_line`]. Signals and levels nobody knows any more are left out, so that
    /// decisions of an older program still teach.
    #[must_use]
    pub fn parse(line: &str) -> Self {
        let parts = line.split(';').filter_map(|part| part.split_once('='));
        parts.fold(Self::default(), |levels, (signal, level)| {
            let signal = Signal::ALL.into_iter().find(|known| known.code() == signal);
            let level = Level::KNOWN.into_iter().find(|known| known.code() == level);
            signal.zip(level).map_or(levels, |(signal, level)| levels.with(signal, level))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_stand_at_their_places() {
        for (place, signal) in Signal::ALL.into_iter().enumerate() {
            assert_eq!(signal as usize, place, "{}", signal.code());
        }
    }

    #[test]
    fn levels_go_through_a_line_and_come_back() {
        let levels = Levels::default().with(Signal::Name, Level::Agree).with(Signal::Parcel, Level::Disagree);
        assert_eq!(levels.to_line(), "name=agree;parcel=disagree");
        assert_eq!(Levels::parse(&levels.to_line()), levels);
        assert_eq!(Levels::parse("name=agree;gone=agree;phone=perhaps"), Levels::parse("name=agree"));
        assert_eq!(Levels::parse(""), Levels::default());
    }
}
