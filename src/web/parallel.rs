//! `/parallel` (Đối chiếu hai hệ thống): four outcomes, by reason and field, and the records behind a difference.

use maud::{Markup, html};

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::domain::limits::PAGE_TABLE_ROWS_MAX;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::engine::parallel::{Compared, Explained, Pair, reason_key};
use crate::metrics::ask::Asked;
use crate::present::page::Visit;
use crate::present::table::{Cell, Table, table};
use crate::web::WebError;
use crate::web::figures::{in_words, receipt_link};
use crate::web::frame::{self, Content};

/// Datasets that can be compared, with the metric whose difference is explained when none is asked for.
const COMPARED: [(&str, &str); 4] = [
    ("petitions", "petitions_received"),
    ("cases", "cases_resolved_of_all"),
    ("tasks", "tasks_done_of_all"),
    ("dossiers", "dossiers_done_of_all"),
];

/// What the visit asks for.
struct Wanted {
    dataset: &'static str,
    metric: String,
    asked: Asked,
    systems: Vec<String>,
    old: String,
    new: String,
}

/// The page.
pub(super) fn page(engine: &Engine, visit: &Visit) -> Result<Markup, WebError> {
    let language = visit.language;
    let wanted = wanted(engine, visit)?;
    let scope = Scope::everything();
    let pair = Pair { dataset: wanted.dataset, old: &wanted.old, new: &wanted.new };
    let whole = engine.parallel(pair, &wanted.asked, &scope)?;
    let by = |name: &str| Asked { by: vec![name.to_owned()], ..wanted.asked.clone() };
    let (reasons, fields) = (by("reason"), by("differences"));
    let is_pair = wanted.systems.len() > 1;
    let body = html! {
        p { (label("parallel.lead", language)) }
        (form(visit, &wanted))
        @if is_pair {
            (outcomes(&whole, language))
            section { h2 { (label("parallel.reasons", language)) } (broken_down(&engine.parallel(pair, &reasons, &scope)?, 4, language)) }
            section { h2 { (label("parallel.fields", language)) } (broken_down(&engine.parallel(pair, &fields, &scope)?, 1, language)) }
            section { h2 { (label("parallel.why", language)) } (why(&engine.explain(pair, &wanted.metric, &wanted.asked, &scope)?, &wanted, language)) }
        } @else {
            p { (label("parallel.one_system", language)) }
        }
    };
    let title = label("parallel.title", language).to_owned();
    Ok(frame::page(engine, visit, &Content { title, commit: Some(whole.commit), body }))
}

fn wanted(engine: &Engine, visit: &Visit) -> Result<Wanted, WebError> {
    let snapshot = engine.snapshot()?.version();
    let as_of =
        visit.one("as_of").and_then(|text| text.parse().ok()).unwrap_or_else(|| engine.clock().today());
    let asked = Asked { as_of: Some(as_of), snapshot: Some(snapshot), ..Asked::default() };
    let (known, systems) = compared(engine, visit, &asked)?;
    let chosen = |name: &'static str, place: usize| {
        let typed = visit.one(name).filter(|text| systems.iter().any(|system| system == text));
        typed.map(str::to_owned).or_else(|| systems.get(place).cloned()).unwrap_or_default()
    };
    let (old, new) = (chosen("old", 0), chosen("new", 1));
    let metric = visit.one("explain").filter(|text| !text.is_empty()).unwrap_or(known.1).to_owned();
    Ok(Wanted { dataset: known.0, metric, asked, systems, old, new })
}

/// The dataset asked for, else the first that several systems send, with its systems.
fn compared(
    engine: &Engine,
    visit: &Visit,
    asked: &Asked,
) -> Result<(&'static (&'static str, &'static str), Vec<String>), WebError> {
    let named = visit.one("dataset").unwrap_or_default();
    let mut found = None;
    for known in &COMPARED {
        if named.is_empty() || known.0 == named {
            let systems = engine.systems_of(known.0, asked, &Scope::everything())?;
            if !systems.is_empty() || known.0 == named {
                return Ok((known, systems));
            }
            found = found.or(Some((known, systems)));
        }
    }
    Ok(found.unwrap_or((&COMPARED[0], Vec::new())))
}

fn form(visit: &Visit, wanted: &Wanted) -> Markup {
    let language = visit.language;
    let systems = |name: &str, chosen: &str| {
        html! { select name=(name) { @for system in &wanted.systems {
            option value=(system) selected[system == chosen] { (system) }
        } } }
    };
    html! {
        form.search action="/parallel" method="get" {
            @if language == Language::En { input type="hidden" name="lang" value="en"; }
            label { (label("sources.dataset", language)) select name="dataset" {
                @for (name, _) in COMPARED { option value=(name) selected[name == wanted.dataset] { (name) } }
            } }
            label { (label("parallel.old", language)) (systems("old", &wanted.old)) }
            label { (label("parallel.new", language)) (systems("new", &wanted.new)) }
            label { (label("parallel.metric", language)) input type="text" name="explain" value=(wanted.metric); }
            label { (label("page.business_date", language))
                input type="date" name="as_of" value=(wanted.asked.as_of.unwrap_or_default().to_string()); }
            button type="submit" { (label("page.go", language)) }
        }
    }
}

fn outcomes(whole: &Compared, language: Language) -> Markup {
    html! {
        dl.figures {
            @for measure in &whole.measures {
                @let figure = measure.total();
                div {
                    dt { (measure.query().title.text(language)) }
                    dd {
                        a.value href=(receipt_link(&figure.code, language)) { (in_words(figure, measure, language)) }
                        br; small { (label("metric.receipt", language)) ": " code { (figure.code) } }
                    }
                }
            }
        }
    }
}

/// One outcome by its dimension; cells without any are left out.
fn broken_down(found: &Compared, outcome: usize, language: Language) -> Markup {
    let Some(measure) = found.measures.get(outcome) else { return html! {} };
    let named = |key: &[Option<String>]| {
        let code = key.first().cloned().flatten();
        match (code, outcome) {
            (Some(code), 4) => label(reason_key(&code), language).to_owned(),
            (Some(code), _) => code,
            (None, _) => label("page.no_value", language).to_owned(),
        }
    };
    let shown = measure.figures().iter().filter(|figure| {
        figure.key.first().is_some_and(Option::is_some) && figure.denominator.is_some_and(|all| all > 0)
    });
    let rows = shown.take(PAGE_TABLE_ROWS_MAX).map(|figure| {
        let all = Box::new(Cell::Whole(figure.denominator.unwrap_or_default()));
        vec![Cell::Text(named(&figure.key)), Cell::Link(all, receipt_link(&figure.code, language))]
    });
    let headers =
        vec![label("parallel.what", language).to_owned(), label("parallel.records", language).to_owned()];
    let caption = measure.query().title.text(language).to_owned();
    html! { (table(&Table { caption, headers, rows: rows.collect(), totals: Vec::new() }, language)) }
}

fn why(found: &Explained, wanted: &Wanted, language: Language) -> Markup {
    let (only_old, only_new) = found.sides();
    let numbers = [found.old, found.new, only_old, only_new].map(|number| number.to_string());
    let [old, new, only_old, only_new] = &numbers;
    let difference = found.difference().to_string();
    let title = found.measure.query().title.text(language);
    let values = [
        ("title", title),
        ("old", old.as_str()),
        ("new", new),
        ("difference", &difference),
        ("only_old", only_old),
        ("only_new", only_new),
    ];
    let text = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::Text);
    let record = |id: &str| {
        Cell::Link(
            Box::new(Cell::Text(id.to_owned())),
            crate::web::link::Link::to(&format!("/records/{id}"), language).text(),
        )
    };
    let rows = found.lines.iter().take(PAGE_TABLE_ROWS_MAX).map(|line| {
        let system = if line.in_old { &wanted.old } else { &wanted.new };
        vec![
            Cell::Text(system.clone()),
            Cell::Text(label(reason_key(&line.reason), language).to_owned()),
            record(&line.id),
            line.other_id.as_deref().map_or(Cell::Empty, record),
            text(&line.unit),
            text(&line.differences),
            text(&line.title),
        ]
    });
    let headers = [
        "parallel.counted_in",
        "parallel.reason",
        "parallel.id",
        "parallel.other_id",
        "sources.unit",
        "parallel.fields",
        "parallel.record",
    ];
    let headers = headers.map(|key| label(key, language).to_owned()).to_vec();
    html! {
        p { (sentence("parallel.explained", language, &values)) }
        (table(&Table { caption: title.to_owned(), headers, rows: rows.collect(), totals: Vec::new() }, language))
    }
}
