//! One stylesheet from many.
//!
//! Order, which is what decides between rules of equal weight:
//!
//! 1. `web/style/tokens.css`, then `web/style/base.css`, then the rest of `web/style/` by name;
//! 2. the atoms: `web/src/ui/**/style.css`, by path;
//! 3. everything else named `style.css` under `web/src/` that is no page, by path;
//! 4. the pages: `web/src/page/**/style.css`, by path.
//!
//! A folder's stylesheet comes before those of the folders in it. So a page may adjust
//! an atom, and the part of a page the page, and never the other way round.

use std::path::Path;

/// Where a stylesheet stands, by its path below `web/`.
pub(super) fn rank(path: &Path) -> (u8, String) {
    let name = path.to_string_lossy().replace('\\', "/");
    let group = match name.as_str() {
        "style/tokens.css" => 0,
        "style/base.css" => 1,
        other if other.starts_with("style/") => 2,
        other if other.starts_with("src/ui/") => 3,
        other if other.starts_with("src/page/") => 5,
        _ => 4,
    };
    // By folder, so that `page/style.css` precedes `page/task/style.css`.
    (group, name.strip_suffix("/style.css").unwrap_or(&name).to_owned())
}

/// Removes comments and the white space that means nothing.
///
/// Deliberately modest: inside strings, `url(…)` and selectors nothing is changed beyond
/// folding runs of white space, so that no rule can come to mean something else. Brotli
/// does the rest.
pub(super) fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => {
                out.push(c);
                while let Some(inner) = chars.next() {
                    out.push(inner);
                    if inner == '\\' {
                        out.extend(chars.next());
                    } else if inner == c {
                        break;
                    }
                }
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for inner in chars.by_ref() {
                    if last == '*' && inner == '/' {
                        break;
                    }
                    last = inner;
                }
                // A comment separates what stands left and right of it.
                space(&mut out);
            }
            c if c.is_whitespace() => space(&mut out),
            '{' | '}' | ';' | ',' => {
                if out.ends_with(' ') {
                    out.pop();
                }
                if c == '}' && out.ends_with(';') {
                    out.pop();
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// One space, unless what stands before needs none.
fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',']) {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_first_and_pages_last() {
        let mut paths = [
            "src/page/task/board/style.css",
            "src/page/task/style.css",
            "src/page/style.css",
            "src/ui/button/style.css",
            "src/app/style.css",
            "style/print.css",
            "style/base.css",
            "style/tokens.css",
        ];
        paths.sort_by_key(|path| rank(Path::new(path)));
        assert_eq!(
            paths,
            [
                "style/tokens.css",
                "style/base.css",
                "style/print.css",
                "src/ui/button/style.css",
                "src/app/style.css",
                "src/page/style.css",
                "src/page/task/style.css",
                "src/page/task/board/style.css",
            ]
        );
    }

    #[test]
    fn only_what_means_nothing_goes() {
        let css = "/* a */\n.a  .b:hover ,\n.c > .d {\n  color: red;\n  content: \"/* } ; */  \\\" x\";\n  width: calc(1px + 2px);\n}\n";
        assert_eq!(
            minify(css),
            ".a .b:hover,.c > .d{color: red;content: \"/* } ; */  \\\" x\";width: calc(1px + 2px)}"
        );
    }
}
