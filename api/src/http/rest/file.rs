//! Files over HTTP: one comes in as the body of a request, and goes out as an attachment.
//!
//! A browser never shows a file as a page of ours: it is always an attachment, of a type that nothing runs.

use std::{marker::PhantomData, ops::Range, time::Duration};

use poem::{
    Body, IntoResponse, Request, RequestBody, Response,
    error::ReadBodyError,
    http::{HeaderMap, StatusCode, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    payload::{Binary, Payload},
    registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, Registry},
};
use smartstack_domain::{blob::FILE_MAX_BYTES, document::File};
use smartstack_schema::{ErrorCode, UserErrorCode};

use super::super::problem::{FieldProblem, Problem};
use crate::app::App;

/// How long a body may take to arrive: 10 MiB over a line of 1.5 Mbit/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// A kind of file, by its media type.
pub(crate) trait Media: Send + Sync + 'static {
    /// As a file is sent.
    const TYPE: &'static str;
    /// As it is described, without parameters.
    const NAME: &'static str = Self::TYPE;
}

macro_rules! media {
    ($($(#[$doc:meta])* $name:ident = $type:literal $(as $plain:literal)?;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl Media for $name {
            const TYPE: &'static str = $type;
            $(const NAME: &'static str = $plain;)?
        }
    )+};
}

media! {
    /// Bytes of any kind.
    Octets = "application/octet-stream";
    /// A ZIP archive.
    Zip = "application/zip";
    /// A sheet.
    Csv = "text/csv; charset=utf-8" as "text/csv";
}

/// A file as a body: its bytes, of whatever media type the sender says or does not say. What it is, its bytes tell.
pub(crate) struct FileBody<M> {
    pub(super) bytes: Body,
    kind: PhantomData<M>,
}

impl<'a, M: Media> ApiExtractor<'a> for FileBody<M> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let mut names = vec![M::NAME, Octets::NAME];
        names.dedup();
        let content = names.into_iter().map(|content_type| MetaMediaType {
            content_type,
            schema: <Binary<Vec<u8>> as Payload>::schema_ref(),
        });
        Some(MetaRequest {
            description: None,
            content: content.collect(),
            required: true,
        })
    }

    async fn from_request(
        _request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self {
            bytes: body.take()?,
            kind: PhantomData,
        })
    }
}

/// A file as an answer that is made while it is sent.
pub(crate) struct Attachment<M> {
    response: Response,
    kind: PhantomData<M>,
}

impl<M: Media> Attachment<M> {
    /// The file under a name of ours.
    pub(super) fn new(name: &str, body: Body) -> Self {
        let response = Response::builder()
            .status(StatusCode::OK)
            .header(header::CONTENT_TYPE, M::TYPE)
            .header(
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            )
            // A person's alone, and not to be kept where others use the same machine.
            .header(header::CACHE_CONTROL, "private, no-store")
            .body(body);
        Self {
            response,
            kind: PhantomData,
        }
    }
}

impl<M: Send> IntoResponse for Attachment<M> {
    fn into_response(self) -> Response {
        self.response
    }
}

impl<M: Media> ApiResponse for Attachment<M> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file, as an attachment.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: M::NAME,
                    schema: <Binary<Vec<u8>> as Payload>::schema_ref(),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

/// Reads the file, within the limits of size and time.
///
/// # Errors
/// 413 and 408 beyond them; 400 where it breaks off.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        let detail = "A file may have 10 MiB at most.";
        let errors = vec![FieldProblem::new(UserErrorCode::TooLong, "file", detail)];
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadUserInput, detail).errors(errors)
    };
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if length.is_some_and(|length| length.parse().is_ok_and(|length: usize| length > FILE_MAX_BYTES)) {
        return Err(too_large());
    }
    let read = body.into_bytes_limit(FILE_MAX_BYTES);
    match tokio::time::timeout(BODY_TIMEOUT, read).await {
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(too_large()),
        Ok(Err(_)) => Err(Problem::bad_request("The file could not be received.")),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::BadUserInput,
            "The file took too long to arrive.",
        )),
    }
}

/// Hands out a file, or the part of it that is asked for.
///
/// # Errors
/// Where it cannot be read.
pub(super) async fn send(app: &App, file: &File, headers: &HeaderMap) -> Result<Response, Problem> {
    let size = u64::try_from(file.bytes).unwrap_or_default();
    let range = match range(headers, size) {
        Ok(range) => range,
        Err(Unsatisfiable) => {
            return Ok(Response::builder()
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{size}"))
                .finish());
        }
    };
    let response = Response::builder()
        .header(header::CONTENT_TYPE, file.media_type.as_str())
        .header(header::CONTENT_DISPOSITION, disposition(&file.name))
        .header(header::ACCEPT_RANGES, "bytes")
        // A person's alone, and not to be kept where others use the same machine.
        .header(header::CACHE_CONTROL, "private, no-store");
    let (response, length) = match &range {
        None => (response.status(StatusCode::OK), size),
        Some(range) => {
            let value = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            let response = response
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_RANGE, value);
            (response, range.end - range.start)
        }
    };
    let response = response.header(header::CONTENT_LENGTH, length);
    let pieces = app.blobs.stream(&file.blob_key, range).await;
    let pieces = pieces.map_err(|error| Problem::of(&error))?;
    Ok(response.body(Body::from_bytes_stream(pieces)))
}

/// `attachment` with the file's name, for browsers that read RFC 8187 and for those that don't.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// No byte of the file is in the range that is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Unsatisfiable;

/// The one range that is asked for (RFC 9110, 14.2). Several, and what cannot be understood, is as if nothing
/// were asked.
fn range(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, Unsatisfiable> {
    let Some((first, last)) = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok()?.strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Ok(None);
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(last)) if first.is_empty() => size.saturating_sub(last)..size,
        _ => return Ok(None),
    };
    if range.start < range.end {
        Ok(Some(range))
    } else {
        Err(Unsatisfiable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_the_file_or_refused() {
        let asked = |value: &str| {
            let headers = HeaderMap::from_iter([(header::RANGE, value.parse().expect("a value"))]);
            range(&headers, 100)
        };
        for (value, range) in [
            ("bytes=0-9", Ok(Some(0..10))),
            ("bytes=90-", Ok(Some(90..100))),
            ("bytes=-10", Ok(Some(90..100))),
            ("bytes=-500", Ok(Some(0..100))),
            ("bytes=50-500", Ok(Some(50..100))),
            ("bytes=100-", Err(Unsatisfiable)),
            ("bytes=-0", Err(Unsatisfiable)),
            ("bytes=9-0", Ok(None)),
            ("bytes=0-1,5-6", Ok(None)),
            ("lines=0-1", Ok(None)),
            ("bytes=a-b", Ok(None)),
        ] {
            assert_eq!(asked(value), range, "{value}");
        }
        assert_eq!(range(&HeaderMap::new(), 100), Ok(None));
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition("a\"b\r\nX: y é.pdf"),
            "attachment; filename=\"a_b__X: y _.pdf\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y%20%C3%A9.pdf"
        );
    }
}
