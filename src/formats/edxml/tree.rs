//! XML to a small tree, under bounds.
//!
//! Attributes and namespaces are not read: the standard keeps what it says in elements, and senders differ in
//! prefixes. There is no document type definition, so no entity can be declared and none can grow.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::domain::limits::{EDXML_DEPTH_MAX, EDXML_ELEMENTS_MAX};

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its name without prefix.
    pub(super) name: String,
    /// The text directly in it.
    pub(super) text: String,
    /// Line where it begins, from 1.
    pub(super) line: u64,
    pub(super) children: Vec<Node>,
}

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Line, from 1.
    pub(super) line: u64,
    /// In plain English; no value of the message.
    pub(super) what: String,
}

impl Node {
    /// The child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// The children of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(name))
    }

    /// The text at `path` below it, without outer white space; nothing when it is empty.
    pub(super) fn at(&self, path: &[&str]) -> Option<&str> {
        let mut node = self;
        for name in path {
            node = node.child(name)?;
        }
        Some(node.text.trim()).filter(|text| !text.is_empty())
    }

    /// The elements of that name anywhere in it, in order. Elements are bounded in depth.
    pub(super) fn anywhere<'a>(&'a self, name: &str, found: &mut Vec<&'a Self>) {
        for child in &self.children {
            if child.name.eq_ignore_ascii_case(name) {
                found.push(child);
            } else {
                child.anywhere(name, found);
            }
        }
    }
}

/// The root element of an XML text.
pub(super) fn parse(bytes: &[u8]) -> Result<Node, Wrong> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        Wrong { line: 1 + newlines(before), what: "not UTF-8; save it as UTF-8".to_owned() }
    })?;
    let mut reader = Reader::from_str(text);
    let mut build = Build { open: vec![Node::default()], elements: 0 };
    // Lines are counted once along the text: counting from its begin for each element would be quadratic.
    let (mut counted, mut line) = (0, 1);
    loop {
        let begins = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let passed = text.as_bytes().get(counted..begins).unwrap_or_default();
        line += newlines(passed);
        counted += passed.len();
        let wrong = |what: String| Wrong { line, what };
        // The reader's words may quote the text; its kind of error says enough.
        let event = reader.read_event().map_err(|_| wrong("not well-formed XML".to_owned()))?;
        if matches!(event, Event::Eof) {
            return build.root().map_err(wrong);
        }
        build.take(event, line).map_err(wrong)?;
    }
}

/// A tree in the making: the elements that are open, a nameless one around the root.
struct Build {
    open: Vec<Node>,
    elements: usize,
}

impl Build {
    fn take(&mut self, event: Event<'_>, line: u64) -> Result<(), String> {
        match event {
            Event::Start(start) => {
                self.elements += 1;
                if self.elements > EDXML_ELEMENTS_MAX {
                    return Err(format!("more than {EDXML_ELEMENTS_MAX} elements"));
                }
                if self.open.len() > EDXML_DEPTH_MAX {
                    return Err(format!("elements nested deeper than {EDXML_DEPTH_MAX}"));
                }
                let name = plain(start.name().as_ref());
                self.open.push(Node { name, line, ..Node::default() });
            }
            Event::Empty(empty) => {
                self.elements += 1;
                if self.elements > EDXML_ELEMENTS_MAX {
                    return Err(format!("more than {EDXML_ELEMENTS_MAX} elements"));
                }
                let node = Node { name: plain(empty.name().as_ref()), line, ..Node::default() };
                self.add_to_open(node);
            }
            Event::End(_) => {
                if let Some(node) = self.open.pop() {
                    self.add_to_open(node);
                }
            }
            Event::Text(text) => self.add(&text.xml10_content()),
            Event::CData(text) => self.add(&text.xml10_content()),
            Event::GeneralRef(given) => {
                let name = given.xml10_content();
                let number = given.resolve_char_ref().map_err(|_| "a character reference that is none")?;
                let character = number.or_else(|| predefined(&name));
                let character = character.ok_or("an entity that XML does not predefine is refused")?;
                self.add(character.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => return Err("a document type definition is refused".to_owned()),
            Event::Decl(declared) => {
                let encoding = declared.encoding().and_then(Result::ok).unwrap_or_default();
                let is_ours =
                    ["", "utf-8", "utf8", "us-ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name));
                if !is_ours {
                    return Err("declared in another encoding than UTF-8; save it as UTF-8".to_owned());
                }
            }
            Event::Comment(_) | Event::PI(_) | Event::Eof => {}
        }
        Ok(())
    }

    fn add(&mut self, text: &str) {
        if let Some(node) = self.open.last_mut() {
            node.text.push_str(text);
        }
    }

    fn add_to_open(&mut self, node: Node) {
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(node);
        }
    }

    fn root(mut self) -> Result<Node, String> {
        if self.open.len() > 1 {
            return Err("an element is not closed; is the file cut off?".to_owned());
        }
        let mut outer = self.open.pop().unwrap_or_default();
        let root = outer.children.pop().ok_or("no element at all")?;
        if outer.children.is_empty() { Ok(root) } else { Err("more than one root element".to_owned()) }
    }
}

/// The name without its prefix.
fn plain(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
