//! Points of a scorecard: exact whole-number arithmetic in hundredths of a point, half up.
//!
//! What must stay true: a line earns between nothing and its weight, the weights of the scored lines add up to
//! what can be earned, and a total is the sum of the lines as they are printed.

use crate::definition::scorecard::{Line, Scorecard, Unscored};

/// Hundredths of one point.
const PARTS: i64 = 100;

/// What one line may earn and earns, in hundredths of a point; a line that is not scored may earn nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Points {
    /// At most.
    pub weight: i64,
    /// Earned; none when the line is not scored.
    pub earned: Option<i64>,
}

/// The points of all lines of `formula` for `shares`, what is counted and what it is a share of.
#[must_use]
pub fn points(formula: &Scorecard, shares: &[Option<(i64, i64)>]) -> Vec<Points> {
    let scored: Vec<Option<(i64, i64)>> = formula
        .lines
        .iter()
        .zip(shares)
        .map(|(line, share)| share.filter(|(_, all)| *all >= line.least))
        .collect();
    let weights = weights(formula, &scored);
    let lines = formula.lines.iter().zip(&scored).zip(weights);
    lines
        .map(|((line, share), weight)| Points {
            weight,
            earned: share.map(|share| earned(line, share, weight)),
        })
        .collect()
}

/// The weight of the lines that are scored, in points of the formula.
#[must_use]
pub fn scored_weight(formula: &Scorecard, points: &[Points]) -> i64 {
    let scored = formula.lines.iter().zip(points).filter(|(_, points)| points.earned.is_some());
    scored.map(|(line, _)| line.weight).sum()
}

/// Weights in hundredths. Spread ones are cut from the running sum, so that they add up to all points.
fn weights(formula: &Scorecard, scored: &[Option<(i64, i64)>]) -> Vec<i64> {
    let sum: i64 =
        formula.lines.iter().zip(scored).filter(|(_, it)| it.is_some()).map(|(line, _)| line.weight).sum();
    let (mut run, mut before) = (0, 0);
    let lines = formula.lines.iter().zip(scored).map(|(line, share)| match (share, formula.unscored) {
        (None, _) => 0,
        (Some(_), Unscored::LeftOut) => line.weight * PARTS,
        (Some(_), Unscored::Spread) => {
            run += line.weight;
            let upto = divided(i128::from(formula.points * PARTS) * i128::from(run), i128::from(sum));
            let weight = upto - before;
            before = upto;
            weight
        }
    });
    lines.collect()
}

/// Points along the line from the share that earns nothing to the one that earns all, and no further.
fn earned(line: &Line, (part, all): (i64, i64), weight: i64) -> i64 {
    let (part, all) = (i128::from(part), i128::from(all));
    let (zero, full) = (i128::from(line.zero_at), i128::from(line.full_at));
    let turn = if full < zero { -1 } else { 1 };
    let way = (full - zero) * all * turn;
    let gone = ((100 * part - zero * all) * turn).clamp(0, way);
    divided(i128::from(weight) * gone, way)
}

/// A quotient of numbers that are not negative, half up; nothing of nothing.
fn divided(above: i128, below: i128) -> i64 {
    if below <= 0 {
        return 0;
    }
    i64::try_from((2 * above + below) / (2 * below)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = include_str!("../../indexes/scorecards/unit.toml");

    fn formula(unscored: &str) -> Scorecard {
        let text = TEXT.replace("unscored = \"spread\"", &format!("unscored = \"{unscored}\""));
        Scorecard::parse("unit.toml", &text).unwrap()
    }

    fn sums(points: &[Points]) -> (i64, i64) {
        let earned = points.iter().filter_map(|it| it.earned).sum();
        (earned, points.iter().map(|it| it.weight).sum())
    }

    #[test]
    fn a_share_becomes_points_along_a_line_and_no_further() {
        let formula = formula("spread");
        let (higher, lower) = (&formula.lines[0], &formula.lines[2]);
        for (share, expected) in [((40, 100), 0), ((70, 100), 1_500), ((100, 100), 3_000), ((1, 100), 0)] {
            assert_eq!(earned(higher, share, 3_000), expected, "{share:?} the higher the better");
        }
        for (share, expected) in
            [((0, 8), 2_000), ((3, 10), 0), ((15, 100), 1_000), ((9, 10), 0), ((1, 9), 1_259)]
        {
            assert_eq!(earned(lower, share, 2_000), expected, "{share:?} the lower the better");
        }
    }

    #[test]
    fn the_weight_of_what_is_not_scored_is_spread_or_left_out() {
        let shares = [Some((10, 10)), Some((0, 4)), None, Some((0, 0)), Some((0, 3)), None];
        let spread = points(&formula("spread"), &shares);
        assert_eq!(spread.iter().map(|it| it.weight).collect::<Vec<_>>(), [6_667, 0, 0, 0, 3_333, 0]);
        assert_eq!((sums(&spread), scored_weight(&formula("spread"), &spread)), ((10_000, 10_000), 45));
        let left = points(&formula("left_out"), &shares);
        assert_eq!((sums(&left), left[1].earned), ((4_500, 4_500), None), "four are below the least of five");
        let none = points(&formula("spread"), &[None; 6]);
        assert_eq!(sums(&none), (0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn points_stay_within_their_weight_and_weights_add_up(
            shares in prop::collection::vec(prop::option::of((-5i64..3_000_000_000, 0i64..2_000_000_000)), 6),
            is_spread in any::<bool>(),
        ) {
            let formula = formula(if is_spread { "spread" } else { "left_out" });
            let points = points(&formula, &shares);
            for ((line, share), it) in formula.lines.iter().zip(&shares).zip(&points) {
                let is_scored = share.is_some_and(|(_, all)| all >= line.least);
                prop_assert_eq!(it.earned.is_some(), is_scored);
                prop_assert!((0..=it.weight).contains(&it.earned.unwrap_or_default()));
            }
            let (earned, weights) = sums(&points);
            let scored = scored_weight(&formula, &points);
            let expected = if is_spread && scored > 0 { 10_000 } else { scored * 100 };
            prop_assert_eq!(weights, expected);
            prop_assert!(earned <= weights);
        }
    }
}
