//! Functions of ours in SQL, one meaning with the rest of the engine.
//!
//! `vn_fold(text)` is the fold of the full-text index; `working_days(a, b [, unit])` counts the working days d
//! with a < d <= b by the national calendar, or that of an agency. `legal_due(kind, stage, accepted, steps
//! [, unit, province, commune])` is the day by which the law wants a case resolved, `handling_due(kind,
//! received [, unit])` that by which a petition is handled. `commit_day(n)` is the day of a commit,
//! `flag_limit(flag, day)` the limit of a sign, `reporting_period_end(day)` the last day of the reporting
//! period, `present_province(name)` the name a province goes by now. A null argument gives null where nothing
//! else is said.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::sql::ground::Ground;
use crate::text::fold::fold;

mod dated;
mod known;
mod legal;

use Slot::{Day, Number, Text};

/// All of them.
pub(super) fn all(ground: &Ground) -> Vec<ScalarUDF> {
    let now = [
        ours("vn_fold", &[Text], 1, DataType::Utf8, vn_fold),
        ours("working_days", &[Day, Day, Text], 2, DataType::Int64, dated::working_days),
        ours("legal_due", CASE, 4, DataType::Date32, legal::case),
        ours("handling_due", LETTER, 2, DataType::Date32, legal::letter),
        ours("commit_day", &[Number], 1, DataType::Date32, dated::commit_day),
        ours("flag_limit", &[Text, Day], 2, DataType::Int64, dated::flag_limit),
        ours("reporting_period_end", &[Day], 1, DataType::Date32, dated::reporting_period_end),
        ours("present_province", &[Text], 1, DataType::Utf8, dated::present_province),
    ];
    let mut all: Vec<Ours> = now.into_iter().map(|made| made.over(ground)).collect();
    if let Some(next) = &ground.next {
        let later = Ground { laws: Arc::clone(next), ..ground.clone() };
        all.push(ours("legal_due_next", CASE, 4, DataType::Date32, legal::case).over(&later));
        all.push(ours("handling_due_next", LETTER, 2, DataType::Date32, legal::letter).over(&later));
    }
    all.into_iter().map(ScalarUDF::from).collect()
}

/// Kind, stage, day of acceptance, steps; agency, province, commune.
const CASE: &[Slot] = &[Text, Text, Day, Text, Text, Text, Text];
/// Kind, day of receipt; agency.
const LETTER: &[Slot] = &[Text, Day, Text];

type Work = fn(&Ground, &[ArrayRef]) -> Result<ArrayRef>;

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Text,
    Day,
    Number,
}

/// A function, as DataFusion sees it. Within a session names are unique, so they alone make two functions
/// equal.
#[derive(Debug)]
struct Ours {
    name: &'static str,
    takes: &'static [Slot],
    /// Arguments that must be given; the others follow or are left out together.
    least: usize,
    gives: DataType,
    work: Work,
    ground: Ground,
}

fn ours(name: &'static str, takes: &'static [Slot], least: usize, gives: DataType, work: Work) -> Ours {
    Ours { name, takes, least, gives, work, ground: Ground::default() }
}

impl Ours {
    fn over(self, ground: &Ground) -> Self {
        Self { ground: ground.clone(), ..self }
    }
}

impl PartialEq for Ours {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Ours {}

impl Hash for Ours {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Ours {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        static SIGNATURE: LazyLock<Signature> =
            LazyLock::new(|| Signature::user_defined(Volatility::Immutable));
        &SIGNATURE
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.gives.clone())
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let fits = given.len() == self.least || given.len() == self.takes.len();
        if fits && self.takes.iter().zip(given).all(|(slot, given)| slot.accepts(given)) {
            return Ok(self.takes.iter().take(given.len()).map(|slot| slot.kind()).collect());
        }
        let wanted: Vec<&str> = self.takes.iter().map(|slot| slot.words()).collect();
        let least = wanted.get(..self.least).unwrap_or_default().join(", ");
        match self.takes.len() == self.least {
            true => plan_err!("`{}` takes {least}", self.name),
            false => plan_err!("`{}` takes {least}, or {}", self.name, wanted.join(", ")),
        }
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let answer = (self.work)(&self.ground, &ColumnarValue::values_to_arrays(&given.args)?)?;
        if given.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_))) {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?));
        }
        Ok(ColumnarValue::Array(answer))
    }
}

impl Slot {
    fn accepts(self, given: &DataType) -> bool {
        match self {
            Text => given.is_string() || given.is_null(),
            // The civil day of an instant depends on the zone, which a silent cast would get wrong.
            Day => matches!(given, DataType::Date32 | DataType::Date64 | DataType::Null) || given.is_string(),
            Number => given.is_integer() || given.is_null(),
        }
    }

    fn kind(self) -> DataType {
        match self {
            Text => DataType::Utf8,
            Day => DataType::Date32,
            Number => DataType::Int64,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Text => "a text",
            Day => "a date such as DATE '2024-05-31'",
            Number => "a whole number",
        }
    }
}

fn vn_fold(_: &Ground, arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [texts] = arguments else { return Err(wrong_arguments()) };
    let texts = cast(texts, &DataType::Utf8)?;
    let folded: StringArray = strings(&texts)?.iter().map(|text| text.map(fold)).collect();
    Ok(Arc::new(folded))
}

fn strings(array: &ArrayRef) -> Result<&StringArray> {
    array.as_any().downcast_ref::<StringArray>().ok_or_else(wrong_arguments)
}

fn days(array: &ArrayRef) -> Result<&arrow::array::Date32Array> {
    array.as_any().downcast_ref().ok_or_else(wrong_arguments)
}

fn numbers(array: &ArrayRef) -> Result<&Int64Array> {
    array.as_any().downcast_ref().ok_or_else(wrong_arguments)
}

/// The text of a row, empty for null.
fn text_of(array: &StringArray, row: usize) -> &str {
    if array.is_valid(row) { array.value(row) } else { "" }
}

fn wrong_arguments() -> DataFusionError {
    DataFusionError::Internal("a function got arguments of another type than it states".to_owned())
}
