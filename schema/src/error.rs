//! The codes by which programs tell failures apart.

use crate::enums::wire_enum;

wire_enum! {
    /// Why an input was refused; stands in a payload's `userErrors`.
    UserErrorCode {
        /// The value is not of the expected form.
        Invalid = "INVALID",
        /// A value must be given.
        Required = "REQUIRED",
        /// The text is longer than allowed.
        TooLong = "TOO_LONG",
        /// The text is shorter than allowed.
        TooShort = "TOO_SHORT",
        /// The number or date lies outside the allowed range.
        OutOfRange = "OUT_OF_RANGE",
        /// The thing does not exist, or not for this person.
        NotFound = "NOT_FOUND",
        /// Someone changed it in the meantime: read it again.
        Conflict = "CONFLICT",
        /// The value is in use by another.
        Taken = "TAKEN",
        /// No more of these are allowed.
        LimitReached = "LIMIT_REACHED",
        /// The thing's state does not allow it.
        InvalidState = "INVALID_STATE",
    }
}

wire_enum! {
    /// Why a whole request failed; stands in `extensions.code` and in problem details.
    ErrorCode {
        /// Nobody is signed in, or the session has ended.
        Unauthenticated = "UNAUTHENTICATED",
        /// The person may see the thing, but not do this.
        Forbidden = "FORBIDDEN",
        /// The thing does not exist, or not for this person.
        NotFound = "NOT_FOUND",
        /// The request itself is wrong; sending it again will not help.
        BadUserInput = "BAD_USER_INPUT",
        /// Too many requests: wait as long as the answer says.
        RateLimited = "RATE_LIMITED",
        /// The query asks for more than one request may.
        CostExceeded = "COST_EXCEEDED",
        /// The request contradicts an earlier one.
        Conflict = "CONFLICT",
        /// A fault on the server's side; the request id finds it in the log.
        Internal = "INTERNAL",
    }
}
