//! Swagger UI at `/api/v1/docs`, out of our own program and within our content security policy.
//!
//! The library makes one page with script and style in it, which the policy forbids. It is taken apart into
//! files here; the few lines that start it are our own.

use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt, Response, Route, endpoint::make_sync, http::header, middleware::Compression,
};
use poem_openapi::OpenApiService;

/// The page. The address of the description is the server's own.
const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SmartStack REST API</title>
<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
</head>
<body>
<main id="ui"></main>
<script src="/api/v1/docs/swagger-ui.js"></script>
<script src="/api/v1/docs/start.js"></script>
</body>
</html>
"#;

/// Requests carry the header that cookies need, so that who is signed in can try things.
const START: &str = r##"SwaggerUIBundle({
  dom_id: "#ui",
  url: "/openapi.json",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(request) {
    request.headers["Smartstack-Client"] = "docs";
    return request;
  },
});
"##;

/// Style and script of the library's page.
fn parts() -> Option<(String, String)> {
    let page = OpenApiService::new((), "", "").swagger_ui_html();
    let (_, rest) = page.split_once("<style charset=\"UTF-8\">")?;
    let (style, rest) = rest.split_once("</style>")?;
    let (_, rest) = rest.split_once("<script charset=\"UTF-8\">")?;
    // The bundle holds such texts itself: the last one before the body ends it.
    let (script, _) = rest.split_once("</script>\n</head>\n<body>\n\n<div id=\"ui\">")?;
    Some((style.to_owned(), script.to_owned()))
}

/// Serves the page and its files.
pub(super) fn endpoint() -> impl Endpoint<Output = Response> {
    let (style, script) = parts().unwrap_or_else(|| {
        tracing::error!("Swagger UI is not of the form it had");
        Default::default()
    });
    let file = |kind: &'static str, content: String| {
        let content: Arc<str> = content.into();
        make_sync(move |_| {
            Response::builder()
                .header(header::CONTENT_TYPE, kind)
                .header(header::CACHE_CONTROL, "public, max-age=3600")
                .body(content.to_string())
        })
    };
    Route::new()
        .at("/", file("text/html; charset=utf-8", PAGE.to_owned()))
        .at("/swagger-ui.css", file("text/css; charset=utf-8", style))
        .at("/swagger-ui.js", file("text/javascript; charset=utf-8", script))
        .at(
            "/start.js",
            file("text/javascript; charset=utf-8", START.to_owned()),
        )
        .with(Compression::new())
        .map_to_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_librarys_page_comes_apart() {
        let (style, script) = parts().expect("style and script");
        assert!(style.contains(".swagger-ui") && !style.contains("<script"));
        assert!(script.contains("SwaggerUIBundle") && script.len() > 1_000_000);
    }

    #[test]
    fn nothing_stands_in_the_page_that_the_policy_forbids() {
        assert_eq!(
            PAGE.matches("<script").count(),
            PAGE.matches("<script src=\"/").count()
        );
        assert!(!PAGE.contains("style=") && !PAGE.contains("<style") && !PAGE.contains("//"));
    }
}
