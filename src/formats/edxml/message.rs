//! A message to the columns of a document, its steps and its files.
//!
//! A document's key is the DocumentId of the standard, `{OrganId},{yyyy/MM/dd},{number}/{notation}`, made from
//! its parts when it is not given. A status message is a row of the document it answers, with one step and no
//! other column, so that it changes nothing else of a document that is there.

use serde_json::{Map, Value as Json, json};

use crate::domain::limits::{ATTACHMENT_BYTES_MAX, ATTACHMENT_NAME_CHARS_MAX, EDXML_PART_CHARS};
use crate::formats::edxml::line::{Line, Unusable};
use crate::formats::edxml::status::step_of;
use crate::formats::edxml::tree::{Node, Wrong};

/// What one row is made of.
pub(super) struct Message<'a> {
    pub(super) line: u64,
    pub(super) fields: Map<String, Json>,
    pub(super) files: Vec<Sent<'a>>,
}

/// A file that a message sends along, or only names.
pub(super) struct Sent<'a> {
    name: String,
    description: Option<&'a str>,
    base64: Option<&'a str>,
}

/// Where the plain columns of a document stand in the header.
const PLAIN: [(&str, &[&str]); 23] = [
    ("title", &["Subject"]),
    ("text", &["Content"]),
    ("organ_id", &["From", "OrganId"]),
    ("place", &["PromulgationInfo", "Place"]),
    ("kind", &["DocumentType", "TypeName"]),
    ("kind_code", &["DocumentType", "Type"]),
    ("signer", &["SignerInfo", "FullName"]),
    ("signer_position", &["SignerInfo", "Position"]),
    ("signer_competence", &["SignerInfo", "Competence"]),
    ("steering", &["SteeringType"]),
    ("priority", &["OtherInfo", "Priority"]),
    ("sphere", &["OtherInfo", "SphereOfPromulgation"]),
    ("typist", &["OtherInfo", "TyperNotation"]),
    ("copies", &["OtherInfo", "PromulgationAmount"]),
    ("pages", &["OtherInfo", "PageAmount"]),
    // What the dataset has no column for stays in the raw record.
    ("TypeDetail", &["DocumentType", "TypeDetail"]),
    ("OrganAdd", &["From", "OrganAdd"]),
    ("Email", &["From", "Email"]),
    ("Telephone", &["From", "Telephone"]),
    ("Fax", &["From", "Fax"]),
    ("Website", &["From", "Website"]),
    ("OrganizationInCharge", &["From", "OrganizationInCharge"]),
    ("Direction", &["OtherInfo", "Direction"]),
];

/// The rows of a message: one document, or one for each document that a status message answers.
pub(super) fn read(root: &Node) -> Result<Vec<Message<'_>>, Wrong> {
    let wrong = |line, what: &str| Wrong { line, what: what.to_owned() };
    let find = |name: &str| {
        let mut found = Vec::new();
        root.anywhere(name, &mut found);
        found
    };
    if let Some(header) = find("MessageHeader").first() {
        return Ok(vec![document(root, header)]);
    }
    let statuses = find("Status");
    let Some(status) = statuses.iter().find(|status| status.child("StatusCode").is_some()) else {
        return Err(wrong(root.line, "neither a document (MessageHeader) nor a status message (Status)"));
    };
    let answered: Vec<Message<'_>> =
        status.all("ResponseFor").map(|answered| status_row(status, answered)).collect();
    if answered.is_empty() {
        return Err(wrong(status.line, "a status message without the document it answers (ResponseFor)"));
    }
    Ok(answered)
}

fn document<'a>(root: &'a Node, header: &'a Node) -> Message<'a> {
    let mut fields = Map::new();
    let organ = header.at(&["From", "OrganName"]).or(header.at(&["From", "OrganizationInCharge"]));
    let number = number(header);
    let issued_on = header.at(&["PromulgationInfo", "PromulgationDate"]);
    let own = header.at(&["DocumentId"]).map(str::to_owned);
    let id = own.or_else(|| id(header.at(&["From", "OrganId"]), issued_on, number.as_deref()));
    put(&mut fields, "source_id", id.as_deref());
    put(&mut fields, "unit", organ);
    put(&mut fields, "number", number.as_deref());
    put(&mut fields, "issued_on", issued_on.map(day).as_deref());
    put(&mut fields, "due_on", header.at(&["DueDate"]).map(day).as_deref());
    for (column, path) in PLAIN {
        put(&mut fields, column, header.at(path));
    }
    recipients(header, &mut fields);
    let answers = header.all("ResponseFor").filter_map(|answered| {
        answered.at(&["DocumentId"]).map(str::to_owned).or_else(|| self::number(answered))
    });
    put_all(&mut fields, "responds_to", &answers.collect::<Vec<_>>());
    let appendixes = header.child("OtherInfo").and_then(|info| info.child("Appendixes"));
    let appendixes = appendixes.into_iter().flat_map(|all| all.all("Appendix")).filter_map(|one| one.at(&[]));
    put_all(&mut fields, "appendixes", &appendixes.map(str::to_owned).collect::<Vec<_>>());
    let steps = traced(root, &mut fields, id.as_deref().unwrap_or_default());
    if !steps.is_empty() {
        fields.insert("events".to_owned(), Json::Array(steps));
    }
    Message { line: header.line, fields, files: files(root) }
}

fn recipients(header: &Node, fields: &mut Map<String, Json>) {
    let to: Vec<&Node> = header.all("To").collect();
    let names = to.iter().filter_map(|to| {
        let name = to.at(&["OrganName"]).or(to.at(&["OrganizationInCharge"])).or(to.at(&["OrganId"]));
        name.map(str::to_owned)
    });
    put_all(fields, "recipients", &names.collect::<Vec<_>>());
    let ids = to.iter().filter_map(|to| to.at(&["OrganId"]).map(str::to_owned));
    put_all(fields, "recipient_ids", &ids.collect::<Vec<_>>());
    if !to.is_empty() {
        fields.insert("recipient_count".to_owned(), json!(to.len()));
    }
    let places = header.child("ToPlaces").into_iter().flat_map(|all| all.all("Place"));
    put_all(
        fields,
        "to_places",
        &places.filter_map(|place| place.at(&[]).map(str::to_owned)).collect::<Vec<_>>(),
    );
}

/// The way of a message: each office it went through is a step; what it is about goes to its columns.
fn traced(root: &Node, fields: &mut Map<String, Json>, id: &str) -> Vec<Json> {
    let mut lists = Vec::new();
    root.anywhere("TraceHeaderList", &mut lists);
    let Some(list) = lists.first() else { return Vec::new() };
    if let Some(business) = list.child("Bussiness").or_else(|| list.child("Business")) {
        put(fields, "business", business.at(&["BussinessDocType"]));
        put(fields, "business_reason", business.at(&["BussinessDocReason"]));
        put(fields, "Paper", business.at(&["Paper"]));
    }
    let step = |(place, trace): (usize, &Node)| {
        let (organ, at) =
            (trace.at(&["OrganId"]).unwrap_or_default(), trace.at(&["Timestamp"]).unwrap_or_default());
        json!({ "source_id": format!("{id}#sent#{organ}#{at}#{place}"), "kind": "sent",
                "happened_on": day(at), "unit": organ })
    };
    list.all("TraceHeader").enumerate().map(step).collect()
}

fn status_row<'a>(status: &Node, answered: &Node) -> Message<'a> {
    let mut fields = Map::new();
    let number = number(answered);
    let issued_on = answered.at(&["PromulgationDate"]);
    let organ = answered.at(&["OrganId"]);
    let own = answered.at(&["DocumentId"]).map(str::to_owned);
    let id = own.or_else(|| id(organ, issued_on, number.as_deref()));
    put(&mut fields, "source_id", id.as_deref());
    let code = status.at(&["StatusCode"]).unwrap_or_default();
    let from = status.at(&["From", "OrganId"]).unwrap_or_default();
    let at = status.at(&["Timestamp"]).unwrap_or_default();
    let step = json!({
        "source_id": format!("{}#{code}#{from}#{at}", id.as_deref().unwrap_or_default()),
        "kind": step_of(code).unwrap_or(code), "happened_on": day(at),
        "unit": status.at(&["From", "OrganName"]).unwrap_or(from), "note": status.at(&["Description"]),
    });
    fields.insert("events".to_owned(), Json::Array(vec![step]));
    Message { line: status.line, fields, files: Vec::new() }
}

/// Files sent along, and those that the manifest only names.
fn files(root: &Node) -> Vec<Sent<'_>> {
    let (mut sent, mut named) = (Vec::new(), Vec::new());
    root.anywhere("AttachmentEncoded", &mut sent);
    root.anywhere("Reference", &mut named);
    // A signature has references of its own, which name no file.
    named.retain(|reference| {
        reference.child("ContentId").is_some() || reference.child("AttachmentName").is_some()
    });
    let key = |node: &Node| node.at(&["ContentId"]).map(|id| id.trim_start_matches("cid:").to_owned());
    let sent: Vec<&Node> = sent.iter().flat_map(|all| all.all("Attachment")).collect();
    let mut files = Vec::new();
    for (place, one) in sent.iter().enumerate() {
        let about =
            key(one).and_then(|id| named.iter().find(|other| key(other).as_deref() == Some(id.as_str())));
        let name = one.at(&["AttachmentName"]).or_else(|| about?.at(&["AttachmentName"]));
        let description = one.at(&["Description"]).or_else(|| about?.at(&["Description"]));
        let base64 = one.at(&["ContentTransferEncoded"]).or_else(|| one.at(&["AttachmentContent"]));
        files.push(Sent { name: file_name(name, place), description, base64 });
    }
    let is_sent = |reference: &&Node| {
        let id = key(reference);
        id.is_some() && sent.iter().any(|one| key(one) == id)
    };
    let only_named = named.into_iter().filter(|reference| !is_sent(reference));
    for (place, reference) in (sent.len()..).zip(only_named) {
        let name = file_name(reference.at(&["AttachmentName"]), place);
        files.push(Sent { name, description: reference.at(&["Description"]), base64: None });
    }
    files
}

impl Sent<'_> {
    /// The pieces of the file, then the line that ends it.
    pub(super) fn write(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        let wrong = match self.base64 {
            None => Some(Unusable::NotSent),
            Some(text) => pieces(text, out)?,
        };
        let description = self.description.map(str::to_owned);
        Line::File { name: self.name.clone(), description, wrong }.write(out)
    }
}

/// Writes base64 in pieces of whole groups; nothing when it is too long or none.
fn pieces(text: &str, out: &mut impl std::io::Write) -> std::io::Result<Option<Unusable>> {
    let digits = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let count = digits.clone().count();
    if count / 4 * 3 > ATTACHMENT_BYTES_MAX + 3 {
        return Ok(Some(Unusable::Long));
    }
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if count == 0 || count % 4 != 0 || !digits.clone().all(is_digit) {
        return Ok(Some(Unusable::Form));
    }
    let mut piece = String::with_capacity(EDXML_PART_CHARS.min(count));
    for digit in digits {
        piece.push(char::from(digit));
        if piece.len() == EDXML_PART_CHARS {
            Line::Part { data: std::mem::take(&mut piece) }.write(out)?;
        }
    }
    if !piece.is_empty() {
        Line::Part { data: piece }.write(out)?;
    }
    Ok(None)
}

/// A name without folders or control characters, as files of a record are named.
fn file_name(given: Option<&str>, place: usize) -> String {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(ATTACHMENT_NAME_CHARS_MAX).collect();
    let name = name.trim();
    if name.is_empty() { format!("tep-{}", place + 1) } else { name.to_owned() }
}

fn put(fields: &mut Map<String, Json>, column: &str, value: Option<&str>) {
    if let Some(value) = value {
        fields.insert(column.to_owned(), Json::from(value));
    }
}

fn put_all(fields: &mut Map<String, Json>, column: &str, values: &[String]) {
    put(fields, column, Some(values.join("; ").as_str()).filter(|text| !text.is_empty()));
}

/// `number/notation`.
fn number(node: &Node) -> Option<String> {
    let code = node.child("Code")?;
    match (code.at(&["CodeNumber"]), code.at(&["CodeNotation"])) {
        (Some(number), Some(notation)) => Some(format!("{number}/{notation}")),
        // In an answer the code is often written whole.
        (number, notation) => number.or(notation).or_else(|| code.at(&[])).map(str::to_owned),
    }
}

fn id(organ: Option<&str>, day: Option<&str>, number: Option<&str>) -> Option<String> {
    Some(format!("{},{},{}", organ?, day?, number?))
}

/// The day of `yyyy/MM/dd` or `yyyy/MM/dd HH:mm:ss` as other files write it; others as they are.
fn day(text: &str) -> String {
    let first = text.split([' ', 'T']).next().unwrap_or_default();
    let is_year_first = first.split('/').next().is_some_and(|year| year.len() == 4);
    if !is_year_first {
        return first.to_owned();
    }
    let parts: Vec<String> = first.split('/').map(|part| format!("{part:0>2}")).collect();
    parts.join("-")
}
