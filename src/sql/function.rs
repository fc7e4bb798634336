//! Functions of ours in SQL, one meaning with the rest of the engine.
//!
//! `vn_fold(text)` is the fold of the full-text index; `working_days(a, b)` counts the working days d
//! with a < d <= b by the national calendar. A null argument gives null.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

use crate::domain::civil::from_epoch_days;
use crate::rules::calendar::Calendar;
use crate::text::fold::fold;

/// All of them.
pub(super) fn all() -> Vec<ScalarUDF> {
    let date = DataType::Date32;
    vec![
        create_udf(
            "vn_fold",
            vec![DataType::Utf8],
            DataType::Utf8,
            Volatility::Immutable,
            Arc::new(|arguments: &[ColumnarValue]| by_rows(arguments, vn_fold)),
        ),
        create_udf(
            "working_days",
            vec![date.clone(), date],
            DataType::Int64,
            Volatility::Immutable,
            Arc::new(|arguments: &[ColumnarValue]| by_rows(arguments, working_days)),
        ),
    ]
}

/// Calls `work` with arrays of equal length; constants in, constant out.
fn by_rows(arguments: &[ColumnarValue], work: fn(&[ArrayRef]) -> Result<ArrayRef>) -> Result<ColumnarValue> {
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
