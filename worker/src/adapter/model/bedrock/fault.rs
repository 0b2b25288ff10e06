//! Bedrock's errors, by what to do about them. Codes: Amazon Bedrock User Guide, "Troubleshooting Amazon
//! Bedrock API Error Codes".

use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use super::super::{ModelError, ModelErrorKind as Kind};

/// Why a call failed.
pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> ModelError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let kind = match error {
        SdkError::ServiceError(service) => match (by_code(service.err()), service.raw().status().as_u16()) {
            // Something on the way answered, not Bedrock.
            (Kind::Garbage, 429) => Kind::Throttled,
            (Kind::Garbage, 502..=504) => Kind::Unavailable,
            (Kind::Garbage, 500..) => Kind::ServerFault,
            (kind, _) => kind,
        },
        SdkError::TimeoutError(_) => Kind::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::TimedOut,
        // Not reached, or no credentials to be had: either way nobody is there to answer.
        SdkError::DispatchFailure(_) => Kind::Unavailable,
        SdkError::ResponseError(_) => Kind::Garbage,
        _ => Kind::Invalid,
    };
    ModelError::new(kind, DisplayErrorContext(error).to_string())
}

/// Why an answer broke off.
pub(super) fn of_stream<E, R>(error: &SdkError<E, R>) -> ModelError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let kind = match error {
        SdkError::ServiceError(service) => by_code(service.err()),
        SdkError::TimeoutError(_) => Kind::TimedOut,
        // A frame that is none, or a connection that ended in the middle of one.
        _ => Kind::StreamBroken,
    };
    ModelError::new(kind, DisplayErrorContext(error).to_string())
}

fn by_code(error: &impl ProvideErrorMetadata) -> Kind {
    let message = error.message().unwrap_or_default();
    match error.code().unwrap_or_default() {
        "ThrottlingException" | "ServiceQuotaExceededException" => Kind::Throttled,
        "ModelNotReadyException" => Kind::NotReady,
        "InternalServerException" => Kind::ServerFault,
        "ServiceUnavailableException" => Kind::Unavailable,
        "ModelTimeoutException" => Kind::TimedOut,
        "ModelStreamErrorException" | "ModelErrorException" => Kind::StreamBroken,
        // What Bedrock says of a text that does not fit, whichever model it is.
        "ValidationException"
            if message.contains("too long") || message.contains("Too many input tokens") =>
        {
            Kind::TooLong
        }
        "ValidationException" => Kind::Invalid,
        "AccessDeniedException" | "UnrecognizedClientException" | "ExpiredTokenException" => Kind::Denied,
        "ResourceNotFoundException" => Kind::NotFound,
        _ => Kind::Garbage,
    }
}
