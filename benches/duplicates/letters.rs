//! Letters drawn from a seed: syllables as frequent as in a language, none of them meant.

const ONSETS: [&str; 15] = ["b", "c", "đ", "kh", "l", "m", "ng", "nh", "t", "th", "tr", "v", "x", "h", "ph"];
const RHYMES: [&str; 20] = [
    "ai", "oàn", "ết", "ương", "ình", "ộ", "ấp", "uyên", "ách", "òng", "ư", "iệc", "ại", "ồi", "ân", "ước",
    "ã", "ịnh", "ơn", "ải",
];
const TONES: [&str; 10] = ["", "n", "m", "c", "t", "p", "ch", "ng", "nh", "i"];

/// Draws syllables.
pub(in crate::duplicates) struct Letters {
    syllables: Vec<String>,
}

impl Letters {
    /// The same each time.
    pub(in crate::duplicates) fn new() -> Self {
        let with = |onset: &str| {
            let rhymes =
                RHYMES.iter().flat_map(|rhyme| TONES.iter().map(move |tone| format!("{rhyme}{tone}")));
            rhymes.map(|rest| format!("{onset}{rest}")).collect::<Vec<_>>()
        };
        let mut syllables: Vec<String> = ONSETS.iter().flat_map(|onset| with(onset)).collect();
        fastrand::Rng::with_seed(1).shuffle(&mut syllables);
        Self { syllables }
    }

    /// So many syllables, the first of the list most often.
    pub(in crate::duplicates) fn draw<'l>(
        &'l self,
        random: &mut fastrand::Rng,
        count: usize,
    ) -> Vec<&'l str> {
        let one = |random: &mut fastrand::Rng| {
            let place = (self.syllables.len() as f64 * random.f64() * random.f64()) as usize;
            self.syllables.get(place).map_or("", String::as_str)
        };
        (0..count).map(|_| one(random)).collect()
    }

    /// `letter` with this share of its syllables exchanged, in runs of up to three, or left out.
    pub(in crate::duplicates) fn edited<'l>(
        &'l self,
        random: &mut fastrand::Rng,
        letter: &[&'l str],
        share: f64,
    ) -> Vec<&'l str> {
        let mut edited = Vec::with_capacity(letter.len());
        let mut left = 0;
        for syllable in letter {
            if left == 0 && random.f64() < share / 2.0 {
                left = random.usize(1..=3);
            }
            if left == 0 {
                edited.push(*syllable);
                continue;
            }
            left -= 1;
            if random.bool() {
                edited.extend(self.draw(random, 1));
            }
        }
        edited
    }
}
