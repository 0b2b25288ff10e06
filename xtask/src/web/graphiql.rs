//! GraphiQL on a page of ours: the files its authors built, from npm, beside a script and a style of our own.
//!
//! Nothing of it belongs to the app: who never opens `/developer/graphiql` fetches none of it. It is served from
//! our own origin and within our content security policy, so the typefaces that its stylesheet carries in `data:`
//! addresses are left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::style;
use crate::build::Profile;
use crate::project::Project;
use crate::{console, tools};

/// The name of its part: what no visit of the app fetches.
pub(super) const PART: &str = "graphiql";
/// Its page; the server answers with it to the path without the ending.
pub(super) const PAGE: &str = "developer/graphiql.html";
/// The scripts in the order they are run: each of npm's puts a name into the page that the next ones use.
const SCRIPTS: [(&str, &str); 4] = [
    ("react.js", "react/umd/react.production.min.js"),
    ("react-dom.js", "react-dom/umd/react-dom.production.min.js"),
    ("graphql-ws.js", "graphql-ws/umd/graphql-ws.min.js"),
    ("graphiql.js", "graphiql/graphiql.min.js"),
];
const START: &str = "start.js";
const STYLE: &str = "graphiql.css";
/// Whose work it is and under which terms: what is made of others' work says so.
const LICENCES: &str = "licences.txt";

/// What there is of it before files get their final names.
pub(super) struct Graphiql {
    /// The page, with a line where scripts and stylesheets go.
    pub(super) page: String,
    /// Everything else by name.
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

/// Reads it; nothing where a build for development cannot get it.
pub(super) fn read(project: &Project, profile: Profile) -> Result<Option<Graphiql>> {
    match gather(project) {
        Ok(found) => Ok(Some(found)),
        Err(error) if profile == Profile::Dev => {
            console::warn(&format!("GraphiQL is left out: {error:#}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn gather(project: &Project) -> Result<Graphiql> {
    let folder = project.root.join("xtask/npm");
    tools::node("to fetch GraphiQL")?.install(&folder)?;
    let (packages, ours) = (folder.join("node_modules"), project.root.join("web/graphiql"));
    let mut files = BTreeMap::new();
    for (name, from) in SCRIPTS {
        files.insert(
            name.to_owned(),
            without_map(&text(&packages.join(from))?).into_bytes(),
        );
    }
    files.insert(START.to_owned(), text(&ours.join(START))?.into_bytes());
    let theirs = without_faces(&text(&packages.join("graphiql/graphiql.min.css"))?);
    if theirs.contains("font-face") || theirs.contains("@import") {
        bail!("GraphiQL's stylesheet is not of the form it had");
    }
    let tokens = text(&project.root.join("web/style/tokens.css"))?;
    let mine = style::minify(&[tokens, text(&ours.join("style.css"))?].join("\n"));
    files.insert(STYLE.to_owned(), [theirs, mine].join("\n").into_bytes());
    files.insert(LICENCES.to_owned(), licences(&folder)?.into_bytes());
    Ok(Graphiql {
        page: text(&ours.join("index.html"))?,
        files,
    })
}

/// What goes into the page's head, with everything in `folder`.
pub(super) fn head(folder: &str) -> Vec<String> {
    let mut head = vec![
        format!("<link rel=\"stylesheet\" href=\"/{folder}/{STYLE}\">"),
        format!("<link rel=\"license\" href=\"/{folder}/{LICENCES}\">"),
    ];
    for name in SCRIPTS.map(|(name, _)| name).into_iter().chain([START]) {
        head.push(format!("<script defer src=\"/{folder}/{name}\"></script>"));
    }
    head
}

/// The licences of every package that is not only used at the build, out of the lock file and the packages.
fn licences(folder: &Path) -> Result<String> {
    let lock: Value = serde_json::from_str(&text(&folder.join("package-lock.json"))?)?;
    let packages = lock["packages"]
        .as_object()
        .context("the lock file names packages")?;
    let mut out = String::from("GraphiQL is made of these packages. It is served as its authors built it.\n");
    for (place, package) in packages {
        let Some((_, name)) = place.rsplit_once("node_modules/") else {
            continue;
        };
        if package["dev"] == true {
            continue;
        }
        let field = |field: &str| package[field].as_str().unwrap_or("unknown");
        out.push_str(&format!(
            "\n---- {name} {}: {}\n",
            field("version"),
            field("license")
        ));
        let is_licence = |file: &str| file.to_lowercase().starts_with("licen");
        let mut names: Vec<_> = fs::read_dir(folder.join(place))?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|file| is_licence(file))
            .collect();
        names.sort();
        for file in names {
            out.push_str(&text(&folder.join(place).join(file))?);
        }
    }
    Ok(out)
}

fn text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The script without the line that names a map we do not serve.
fn without_map(script: &str) -> String {
    let lines = script
        .lines()
        .filter(|line| !line.starts_with("//# sourceMappingURL="));
    lines.collect::<Vec<_>>().join("\n")
}

/// The stylesheet without typefaces of its own.
fn without_faces(css: &str) -> String {
    let mut parts = css.split("@font-face{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typefaces_are_left_out_and_nothing_else() {
        let css = "a{b:c}@font-face{font-family:X;src:url(data:font/woff;base64,aa==)}@media print{d{e:f}}";
        assert_eq!(without_faces(css), "a{b:c}@media print{d{e:f}}");
    }

    #[test]
    fn a_map_is_not_asked_for() {
        assert_eq!(without_map("code();\n//# sourceMappingURL=a.js.map\n"), "code();");
    }

    #[test]
    fn the_page_lists_what_it_needs_in_order() {
        let head = head("assets/graphiql-1").join("\n");
        let at = |name: &str| head.find(&format!("/assets/graphiql-1/{name}")).expect(name);
        assert!(at("react.js") < at("react-dom.js") && at("react-dom.js") < at("graphiql.js"));
        assert!(at("graphiql.js") < at(START) && at(STYLE) < at("react.js"));
    }
}
