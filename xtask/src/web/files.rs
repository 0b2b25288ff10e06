//! Names, compression and the page: from sources to a folder that can be served.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::compile::App;
use super::graphiql::{self, Graphiql};
use super::{Build, BuiltFile, style};
use crate::build::Profile;
use crate::project::Project;

/// The line of `web/index.html` that becomes the list of files.
const HEAD_MARK: &str = "<!-- files -->";
/// Starts the app. A file, since the content security policy allows no inline script.
const BOOT: &str = include_str!("boot.js");

/// The text and binary sources besides Rust.
pub(super) struct Sources {
    page: String,
    style: String,
    /// By the name that page and stylesheet use: `icon.svg` for `/assets/icon.svg`.
    assets: BTreeMap<String, Vec<u8>>,
    graphiql: Option<Graphiql>,
}

impl Sources {
    pub(super) fn read(project: &Project, profile: Profile) -> Result<Self> {
        let web = project.root.join("web");
        let page_file = web.join("index.html");
        let page =
            fs::read_to_string(&page_file).with_context(|| format!("cannot read {}", page_file.display()))?;
        if !page.contains(HEAD_MARK) {
            bail!(
                "{} needs the line {HEAD_MARK} where scripts and stylesheets go",
                page_file.display()
            );
        }
        let mut sheets = below(&web.join("style"))?;
        sheets.retain(|file| file.extension().is_some_and(|ext| ext == "css"));
        sheets.extend(
            below(&web.join("src"))?
                .into_iter()
                .filter(|file| file.ends_with("style.css")),
        );
        let mut sheets: Vec<(PathBuf, PathBuf)> = sheets
            .into_iter()
            .map(|file| Ok((file.strip_prefix(&web)?.to_path_buf(), file)))
            .collect::<Result<_>>()?;
        sheets.sort_by_key(|(relative, _)| style::rank(relative));
        let mut css = String::new();
        for (_, file) in &sheets {
            css.push_str(
                &fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?,
            );
            css.push('\n');
        }
        let folder = web.join("assets");
        let mut assets = BTreeMap::new();
        for file in below(&folder)? {
            let name = file.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
            assets.insert(name, fs::read(&file)?);
        }
        Ok(Self {
            page,
            style: style::minify(&css),
            assets,
            graphiql: graphiql::read(project, profile)?,
        })
    }

    /// A digest of everything that decides the output.
    pub(super) fn digest(&self, wasm: &Path, profile: Profile) -> Result<String> {
        let mut digest = Sha256::new();
        let mut add = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        add(&fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?);
        // Another xtask may build otherwise.
        add(env!("CARGO_PKG_VERSION").as_bytes());
        add(format!("{profile:?}").as_bytes());
        for text in [
            BOOT,
            include_str!("files.rs"),
            include_str!("compile.rs"),
            include_str!("graphiql.rs"),
            include_str!("split/mod.rs"),
            include_str!("split/group.rs"),
            include_str!("split/merge.rs"),
            include_str!("split/parts.js"),
            &self.page,
            &self.style,
        ] {
            add(text.as_bytes());
        }
        for (name, bytes) in &self.assets {
            add(name.as_bytes());
            add(bytes);
        }
        if let Some(graphiql) = &self.graphiql {
            add(graphiql.page.as_bytes());
            for (name, bytes) in &graphiql.files {
                add(name.as_bytes());
                add(bytes);
            }
        }
        Ok(hex(&digest.finalize()))
    }
}

/// Collects the output, then writes it beside the old one and takes its place.
pub(super) fn write(
    dir: &Path,
    sources: &Sources,
    app: &App,
    inputs: String,
    profile: Profile,
) -> Result<Build> {
    let mut output: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    // Logical to final address, for page and stylesheet.
    let mut names = BTreeMap::new();
    for (name, bytes) in &sources.assets {
        let address = format!("assets/{}", hashed(name, bytes));
        names.insert(format!("/assets/{name}"), format!("/{address}"));
        output.insert(address, bytes.clone());
    }
    let style = rename(&sources.style, &names);
    let style_name = format!("assets/{}", hashed("style.css", style.as_bytes()));
    output.insert(style_name.clone(), style.into_bytes());

    let mut app_files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in below(&app.dir)? {
        let name = file.strip_prefix(&app.dir)?.to_string_lossy().replace('\\', "/");
        app_files.insert(name, fs::read(&file)?);
    }
    app_files.insert("boot.js".to_owned(), BOOT.as_bytes().to_vec());
    let folder = format!("assets/app-{}", together(&app_files));

    let mut head = vec![format!("<link rel=\"stylesheet\" href=\"/{style_name}\">")];
    for name in app_files
        .keys()
        .filter(|name| name.ends_with(".js") && *name != "boot.js")
    {
        head.push(format!("<link rel=\"modulepreload\" href=\"/{folder}/{name}\">"));
    }
    head.push(format!(
        "<link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin=\"anonymous\" href=\"/{folder}/smartstack_bg.wasm\">"
    ));
    head.push(format!(
        "<script type=\"module\" src=\"/{folder}/boot.js\"></script>"
    ));
    for (name, bytes) in app_files {
        output.insert(format!("{folder}/{name}"), bytes);
    }
    let page = rename(&sources.page.replace(HEAD_MARK, &head.join("\n    ")), &names);
    refuse_inline(&page)?;
    output.insert("index.html".to_owned(), page.into_bytes());
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (part, files) in &app.parts {
        let files = files.iter().map(|file| format!("{folder}/{file}"));
        parts.insert(part.clone(), files.collect());
    }
    if let Some(graphiql) = &sources.graphiql {
        let files = explorer(graphiql, &names, &mut output)?;
        parts.insert(graphiql::PART.to_owned(), files);
    }

    let fresh = dir.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    let mut files = Vec::new();
    for (path, bytes) in &output {
        let file = fresh.join(path);
        fs::create_dir_all(file.parent().context("a file is in a folder")?)?;
        fs::write(&file, bytes)?;
        files.push(compress(&file, path, bytes, profile)?);
    }
    let build = Build {
        dir: dir.to_path_buf(),
        inputs,
        files,
        parts,
    };
    build.record(&fresh)?;
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::rename(&fresh, dir)?;
    Ok(build)
}

/// Puts GraphiQL's page and files among the others; which they are.
fn explorer(
    graphiql: &Graphiql,
    names: &BTreeMap<String, String>,
    output: &mut BTreeMap<String, Vec<u8>>,
) -> Result<Vec<String>> {
    let folder = format!("assets/graphiql-{}", together(&graphiql.files));
    let head = graphiql::head(&folder).join("\n    ");
    if !graphiql.page.contains(HEAD_MARK) {
        bail!("web/graphiql/index.html needs the line {HEAD_MARK} where scripts and stylesheets go");
    }
    let page = rename(&graphiql.page.replace(HEAD_MARK, &head), names);
    refuse_inline(&page)?;
    let mut files = vec![graphiql::PAGE.to_owned()];
    output.insert(graphiql::PAGE.to_owned(), page.into_bytes());
    for (name, bytes) in &graphiql.files {
        let path = format!("{folder}/{name}");
        output.insert(path.clone(), bytes.clone());
        files.push(path);
    }
    Ok(files)
}

/// Writes the `.br` and `.gz` variants that are smaller than the file itself.
fn compress(file: &Path, path: &str, bytes: &[u8], profile: Profile) -> Result<BuiltFile> {
    let raw = bytes.len() as u64;
    let mut built = BuiltFile {
        path: path.to_owned(),
        raw,
        brotli: raw,
        gzip: raw,
        immutable: path.starts_with("assets/"),
    };
    let release = profile == Profile::Release;
    let mut brotli = Vec::new();
    // 11 and the largest window squeeze out the last tenth; a developer waits for neither.
    let quality = if release { 11 } else { 3 };
    brotli::CompressorWriter::new(&mut brotli, 1 << 16, quality, 24).write_all(bytes)?;
    let level = if release {
        flate2::Compression::best()
    } else {
        flate2::Compression::fast()
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
    gzip.write_all(bytes)?;
    let gzip = gzip.finish()?;
    for (packed, ending, size) in [(&brotli, "br", &mut built.brotli), (&gzip, "gz", &mut built.gzip)] {
        if (packed.len() as u64) < raw {
            *size = packed.len() as u64;
            let mut name = file.as_os_str().to_os_string();
            name.push(".");
            name.push(ending);
            fs::write(name, packed)?;
        }
    }
    Ok(built)
}

/// Puts final addresses in the place of logical ones, which are whole words:
/// `/assets/a.svg` is not the beginning of `/assets/a.svg.png`.
fn rename(text: &str, names: &BTreeMap<String, String>) -> String {
    let in_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("/assets/") {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c| !in_a_name(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(names.get(name).map_or(name, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The content security policy would block inline script and style: better to hear of it now.
fn refuse_inline(page: &str) -> Result<()> {
    let lower = page.to_lowercase();
    let inline_script = lower
        .split("<script")
        .skip(1)
        .any(|tag| !tag.split('>').next().unwrap_or("").contains("src="));
    if inline_script || lower.contains("<style") || lower.contains(" style=") {
        bail!(
            "a page has an inline script or style, which the content security policy blocks: move it to a file"
        );
    }
    Ok(())
}

/// `icons/a.svg` → `icons/a-1a2b3c4d5e.svg`.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash = short(&Sha256::digest(bytes));
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{name}-{hash}"),
    }
}

/// The digest of files that name one another.
fn together(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut digest = Sha256::new();
    for (name, bytes) in files {
        digest.update(name.as_bytes());
        digest.update(bytes);
    }
    short(&digest.finalize())
}

/// Ten hex digits: 40 bits tell a project's files apart.
fn short(digest: &[u8]) -> String {
    hex(digest.get(..5).unwrap_or(digest))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All files below a folder, sorted; none when it is not there. Hidden ones are left out.
fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
        {
            continue;
        }
        if path.is_dir() {
            found.extend(below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_content() {
        assert_ne!(hashed("a.css", b"1"), hashed("a.css", b"2"));
        assert!(hashed("icons/a.svg", b"1").starts_with("icons/a-"));
        assert!(hashed("icons/a.svg", b"1").ends_with(".svg"));
    }

    #[test]
    fn only_whole_names_are_replaced() {
        let names = BTreeMap::from([
            ("/assets/a.svg".to_owned(), "/assets/a-1.svg".to_owned()),
            ("/assets/a.svg.png".to_owned(), "/assets/a.svg-2.png".to_owned()),
        ]);
        assert_eq!(
            rename("url(/assets/a.svg.png) url(/assets/a.svg)", &names),
            "url(/assets/a.svg-2.png) url(/assets/a-1.svg)"
        );
    }

    #[test]
    fn inline_code_is_refused() {
        assert!(refuse_inline("<script type=module src=/a.js></script>").is_ok());
        assert!(refuse_inline("<script>1</script>").is_err());
        assert!(refuse_inline("<p style=\"color:red\">").is_err());
    }
}
