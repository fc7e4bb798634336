//! `to_char` that knows the one format our figures use on every row.
//!
//! A million dates written by the general formatter take a fifth of a second; a month takes few forms, so
//! `to_char(date, '%Y-%m')` is a look-up. Every other call is the library's own.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, StringBuilder};
use arrow::datatypes::DataType;
use chrono::{Datelike, NaiveDate};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use crate::domain::civil::from_epoch_days;

/// Year and month, as `2026-11`.
const FORMAT: &str = "%Y-%m";
/// Bytes of one such text.
const WIDTH: usize = 7;

/// `inner`, the library's `to_char`, with a short way for months.
pub(super) fn quick(inner: Arc<ScalarUDF>) -> ScalarUDF {
    ScalarUDF::from(ToChar { inner })
}

#[derive(Debug)]
struct ToChar {
    inner: Arc<ScalarUDF>,
}

impl PartialEq for ToChar {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl Eq for ToChar {}

impl Hash for ToChar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl ScalarUDFImpl for ToChar {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        self.inner.inner().return_type(given)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let [ColumnarValue::Array(days), ColumnarValue::Scalar(ScalarValue::Utf8(Some(format)))] =
            given.args.as_slice()
            && format == FORMAT
            && let Some(days) = days.as_any().downcast_ref::<Date32Array>()
        {
            return Ok(ColumnarValue::Array(months(days)));
        }
        self.inner.inner().invoke_with_args(given)
    }
}

fn months(days: &Date32Array) -> ArrayRef {
    let mut texts = StringBuilder::with_capacity(days.len(), days.len() * WIDTH);
    for day in days {
        match day.and_then(from_epoch_days).map(month) {
            Some(digits) => texts.append_value(str::from_utf8(&digits).unwrap_or_default()),
            None => texts.append_null(),
        }
    }
    Arc::new(texts.finish())
}

/// The month of a day between the years 0 and 9999.
fn month(day: NaiveDate) -> [u8; WIDTH] {
    let year = day.year().clamp(0, 9999).unsigned_abs();
    let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or_default();
    let month = day.month();
    [
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
    ]
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_month_is_written_as_the_library_writes_it(offset in 0u64..3_200_000) {
            let day = NaiveDate::from_ymd_opt(1000, 1, 1).unwrap() + Days::new(offset);
            let digits = month(day);
            prop_assert_eq!(str::from_utf8(&digits).unwrap(), day.format(FORMAT).to_string());
        }
    }

    #[test]
    fn a_day_that_is_null_has_no_month() {
        let months = months(&Date32Array::from(vec![Some(0), None, Some(20_778)]));
        let months = months.as_any().downcast_ref::<arrow::array::StringArray>().unwrap();
        assert_eq!(months.iter().collect::<Vec<_>>(), [Some("1970-01"), None, Some("2026-11")]);
    }
}
