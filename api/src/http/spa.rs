//! The browser app's files, from the folder the build wrote them to.
//!
//! A file whose name holds a hash never changes and is kept for a year; all
//! others are asked for again each time. Beside a file may lie `.br` and `.gz`
//! of it: the build compresses once and harder than a server could.

use std::{
    path::{Component, Path, PathBuf},
    time::UNIX_EPOCH,
};

use poem::{
    Body, Response,
    http::{HeaderMap, Method, StatusCode, header},
};

use super::problem::Problem;

/// Encodings the build prepares, best first: name on the wire, file ending.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Serves a folder as a single-page app.
#[derive(Debug, Clone)]
pub struct Spa {
    root: Option<PathBuf>,
}

impl Spa {
    /// Serves `root`; with `None` every path is not found.
    pub fn new(root: Option<PathBuf>) -> Self {
        Self { root }
    }

    /// Answers a request for `path`: the file, or the app itself for a path
    /// without an ending, which is one of the app's own screens.
    pub async fn serve(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Problem::method_not_allowed("GET, HEAD").into();
        }
        let Some(root) = &self.root else {
            return Problem::not_found().into();
        };
        let Some(relative) = safe_relative(path) else {
            return Problem::not_found().into();
        };
        let is_screen = relative.extension().is_none();
        let relative = if is_screen {
            Path::new("index.html")
        } else {
            &relative
        };
        self.file(root, relative, StatusCode::OK, method, headers).await
    }

    /// A page besides the app, by its file; not found where it was not built.
    pub async fn page(&self, file: &str, method: &Method, headers: &HeaderMap) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Problem::method_not_allowed("GET, HEAD").into();
        }
        match &self.root {
            Some(root) => {
                self.file(root, Path::new(file), StatusCode::OK, method, headers)
                    .await
            }
            None => Problem::not_found().into(),
        }
    }

    /// The app itself under another status, such as for a dead shared link.
    pub async fn index(&self, status: StatusCode, method: &Method, headers: &HeaderMap) -> Response {
        match &self.root {
            Some(root) => {
                self.file(root, Path::new("index.html"), status, method, headers)
                    .await
            }
            None => Problem::not_found().into(),
        }
    }

    /// A file by its path below `root`.
    async fn file(
        &self,
        root: &Path,
        relative: &Path,
        status: StatusCode,
        method: &Method,
        headers: &HeaderMap,
    ) -> Response {
        let file = root.join(relative);
        let Ok(meta) = tokio::fs::metadata(&file).await else {
            return Problem::not_found().into();
        };
        if !meta.is_file() {
            return Problem::not_found().into();
        }
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let mut response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, content_type(name))
            .header(header::VARY, "accept-encoding");
        if status == StatusCode::OK {
            let modified = meta
                .modified()
                .ok()
                .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            let tag = format!(
                "W/\"{:x}-{:x}\"",
                meta.len(),
                modified.unwrap_or_default().as_millis()
            );
            response = response.header(header::ETAG, &tag).header(
                header::CACHE_CONTROL,
                if is_hashed(relative) {
                    "public, max-age=31536000, immutable"
                } else {
                    "no-cache"
                },
            );
            let known = headers
                .get(header::IF_NONE_MATCH)
                .and_then(|value| value.to_str().ok());
            if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        } else {
            response = response.header(header::CACHE_CONTROL, "no-store");
        }
        for (encoding, ending) in ENCODINGS {
            if accepts(headers, encoding) {
                let packed = file.with_file_name(format!("{name}.{ending}"));
                if let Ok(bytes) = tokio::fs::read(&packed).await {
                    return body(response.header(header::CONTENT_ENCODING, encoding), bytes, method);
                }
            }
        }
        match tokio::fs::read(&file).await {
            Ok(bytes) => body(response, bytes, method),
            Err(_) => Problem::not_found().into(),
        }
    }
}

fn body(response: poem::ResponseBuilder, bytes: Vec<u8>, method: &Method) -> Response {
    let response = response.header(header::CONTENT_LENGTH, bytes.len());
    if *method == Method::HEAD {
        response.finish()
    } else {
        response.body(Body::from_vec(bytes))
    }
}

/// The path below the root, or nothing if it tries to leave it, names a hidden
/// file or is not plain text.
fn safe_relative(path: &str) -> Option<PathBuf> {
    let decoded = percent_decode(path)?;
    let relative = Path::new(decoded.trim_start_matches('/'));
    let fine = relative.components().all(|part| match part {
        Component::Normal(part) => part.to_str().is_some_and(|part| !part.starts_with('.')),
        _ => false,
    });
    (fine && !decoded.contains(['\\', '\0'])).then(|| relative.to_owned())
}

/// Undoes `%xx`; nothing if what comes out is not UTF-8.
fn percent_decode(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'%' {
            let hex = path.get(i + 1..i + 3)?;
            out.push(u8::from_str_radix(hex, 16).ok()?);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8(out).ok()
}

/// Whether the name, or that of a folder it is in, holds a part of at least eight hexadecimal
/// digits, as the build gives to every file, or folder of files, that others refer to.
fn is_hashed(relative: &Path) -> bool {
    let mut names = relative.iter().filter_map(|name| name.to_str());
    names.any(|name| {
        name.split(['-', '.', '_']).any(|part| {
            part.len() >= 8
                && part.bytes().all(|b| b.is_ascii_hexdigit())
                && part.bytes().any(|b| b.is_ascii_digit())
        })
    })
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
            let refused = parts.any(|part| {
                part.strip_prefix("q=")
                    .is_some_and(|q| q.parse().is_ok_and(|q: f32| q == 0.0))
            });
            named && !refused
        })
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_folder() {
        for path in [
            "/../x.js",
            "/a/../../x.js",
            "/%2e%2e/x.js",
            "/.env",
            "/a/.git/x",
            "/%00.js",
            "/a%5c..%5cx",
        ] {
            assert_eq!(safe_relative(path), None, "{path}");
        }
        assert_eq!(
            safe_relative("/assets/app.css"),
            Some(PathBuf::from("assets/app.css"))
        );
        assert_eq!(
            safe_relative("/projects/project_01"),
            Some(PathBuf::from("projects/project_01"))
        );
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        let is_hashed = |path: &str| is_hashed(Path::new(path));
        assert!(is_hashed("assets/smartstack-0a1b2c3d4e5f.wasm"));
        assert!(is_hashed("app.0a1b2c3d.css"));
        assert!(is_hashed("assets/app-0a1b2c3d4e/part_today.wasm"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("assets/decade-facade.js"));
    }

    #[test]
    fn an_encoding_with_weight_zero_is_refused() {
        let headers: HeaderMap = [(header::ACCEPT_ENCODING, "gzip;q=0, br".parse().expect("value"))]
            .into_iter()
            .collect();
        assert!(accepts(&headers, "br"));
        assert!(!accepts(&headers, "gzip"));
    }
}
