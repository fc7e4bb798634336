//! A form that a page sent: `multipart/form-data` (RFC 7578), the one way pages here send anything.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};

use crate::domain::limits::{FORM_FIELDS_MAX, FORM_FILE_BYTES_MAX};
use crate::http::HttpError;
use crate::present::page::Given;

/// Reads the fields and files of a form.
///
/// # Errors
/// The body is no form, breaks off, or is over a bound.
pub(super) async fn read(request: Request<Body>) -> Result<Vec<Given>, HttpError> {
    let wrong = |_| HttpError::MediaType("multipart/form-data");
    let mut form = Multipart::from_request(request, &()).await.map_err(wrong)?;
    let (mut given, mut bytes) = (Vec::new(), 0);
    loop {
        let next = form.next_field().await.map_err(|_| HttpError::Body("the form broke off"))?;
        let Some(mut field) = next else { return Ok(given) };
        if given.len() == FORM_FIELDS_MAX {
            return Err(HttpError::Body("the form has too many fields"));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some();
        let mut value = Vec::new();
        while let Some(part) = field.chunk().await.map_err(|_| HttpError::Body("the form broke off"))? {
            bytes += part.len();
            if bytes > FORM_FILE_BYTES_MAX {
                return Err(HttpError::BodyTooLarge { limit: FORM_FILE_BYTES_MAX });
            }
            value.extend_from_slice(&part);
        }
        given.push(Given { name, value, is_file });
    }
}
