//! Functions of ours in SQL, one meaning with the rest of the engine.
//!
//! `vn_fold(text)` is the fold of the full-text index; `working_days(a, b)` counts the working days d
//! with a < d <= b by the national calendar. `legal_due(kind, stage, accepted, steps)` is the day by which
//! the law wants a case resolved, `handling_due(kind, received)` that by which a petition is handled. A
//! null argument gives null.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type};
use datafusion::common::{DataFusionError, Result, ScalarValue, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::domain::civil::from_epoch_days;
use crate::rules::calendar::Calendar;
use crate::text::fold::fold;

mod legal;

/// All of them.
pub(super) fn all() -> Vec<ScalarUDF> {
    let fold = Ours { name: "vn_fold", takes: Takes::Text, gives: DataType::Utf8, work: vn_fold };
    let days =
        Ours { name: "working_days", takes: Takes::TwoDays, gives: DataType::Int64, work: working_days };
    let case = Ours { name: "legal_due", takes: Takes::Case, gives: DataType::Date32, work: legal::case };
    let letter =
        Ours { name: "handling_due", takes: Takes::Letter, gives: DataType::Date32, work: legal::letter };
    [fold, days, case, letter].map(ScalarUDF::from).into()
}

type Work = fn(&[ArrayRef]) -> Result<ArrayRef>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Takes {
    Text,
    TwoDays,
    Case,
    Letter,
}

/// A function, as DataFusion sees it. Names are unique, so they alone make two functions equal.
#[derive(Debug)]
struct Ours {
    name: &'static str,
    takes: Takes,
    gives: DataType,
    work: Work,
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
        match (self.takes, given) {
            (Takes::Text, [text]) if text.is_string() || text.is_null() => Ok(vec![DataType::Utf8]),
            (Takes::Text, _) => plan_err!("`{}` takes one text", self.name),
            (Takes::TwoDays, [a, b]) if is_day(a) && is_day(b) => Ok(vec![DataType::Date32; 2]),
            (Takes::Case, [kind, stage, day, steps])
                if is_text(kind) && is_text(stage) && is_day(day) && is_text(steps) =>
            {
                Ok(vec![DataType::Utf8, DataType::Utf8, DataType::Date32, DataType::Utf8])
            }
            (Takes::Case, _) => plan_err!("`{}` takes kind, stage, the day of acceptance, steps", self.name),
            (Takes::Letter, [kind, day]) if is_text(kind) && is_day(day) => {
                Ok(vec![DataType::Utf8, DataType::Date32])
            }
            (Takes::Letter, _) => plan_err!("`{}` takes kind and the day of receipt", self.name),
            // The civil day of an instant depends on the zone, which a silent cast would get wrong.
            (Takes::TwoDays, _) => plan_err!("`{}` takes two dates, such as DATE '2024-05-31'", self.name),
        }
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        by_rows(&given.args, self.work)
    }
}

fn is_text(given: &DataType) -> bool {
    given.is_string() || given.is_null()
}

fn is_day(given: &DataType) -> bool {
    matches!(given, DataType::Date32 | DataType::Date64 | DataType::Null) || given.is_string()
}

/// Calls `work` with arrays of equal length; constants in, constant out.
fn by_rows(arguments: &[ColumnarValue], work: Work) -> Result<ColumnarValue> {
    let answer = work(&ColumnarValue::values_to_arrays(arguments)?)?;
    if arguments.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_))) {
        return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?));
    }
    Ok(ColumnarValue::Array(answer))
}

fn vn_fold(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [texts] = arguments else { return Err(wrong_arguments()) };
    let texts = cast(texts, &DataType::Utf8)?;
    let texts = texts.as_any().downcast_ref::<StringArray>().ok_or_else(wrong_arguments)?;
    let folded: StringArray = texts.iter().map(|text| text.map(fold)).collect();
    Ok(Arc::new(folded))
}

fn working_days(arguments: &[ArrayRef]) -> Result<ArrayRef> {
    let [from, to] = arguments else { return Err(wrong_arguments()) };
    let calendar = Calendar::national();
    let days = |array: &ArrayRef| {
        let array = array.as_any().downcast_ref::<arrow::array::PrimitiveArray<Date32Type>>();
        array.cloned().ok_or_else(wrong_arguments)
    };
    let (from, to) = (days(from)?, days(to)?);
    let counts = from.iter().zip(to.iter()).map(|(from, to)| {
        let (from, to) = (from_epoch_days(from?)?, from_epoch_days(to?)?);
        Some(calendar.working_days(from, to))
    });
    Ok(Arc::new(counts.collect::<Int64Array>()))
}

fn wrong_arguments() -> DataFusionError {
    DataFusionError::Internal("a function got arguments of another type than it states".to_owned())
}
