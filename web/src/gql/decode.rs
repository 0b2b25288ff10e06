//! From JSON to the fragments of the pages.
//!
//! The text is parsed once, by code that is compiled once. What is compiled for each fragment only
//! walks the result: several times smaller than a JSON parser for each.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor, value::StrDeserializer,
    },
};
use serde_json::{Map, Value};

use super::Error;

/// Reads a value as a fragment.
pub(super) fn decode<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    T::deserialize(Json(value)).map_err(|Unreadable| unreadable())
}

fn unreadable() -> Error {
    Error::fault("The server's answer cannot be read. Reload the page; it may be from another version.")
}

/// Something is missing or of another kind. Which thing it was would help nobody who sees it.
#[derive(Debug)]
pub(super) struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl serde::de::Error for Unreadable {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

struct Json(Value);

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $kind:ty),+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            let number = self.0.as_i64().and_then(|number| <$kind>::try_from(number).ok());
            visitor.$visit(number.ok_or(Unreadable)?)
        })+
    };
}

impl<'de> Deserializer<'de> for Json {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match number.as_i64() {
                Some(number) => visitor.visit_i64(number),
                None => visitor.visit_f64(number.as_f64().ok_or(Unreadable)?),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            Value::Object(fields) => visitor.visit_map(Fields::new(fields)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    whole_numbers!(deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64);

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_f64(self.0.as_f64().ok_or(Unreadable)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::new(fields)),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 u8 u16 u32 u64 f32 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
    }
}

struct Items(std::vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        self.0.next().map(|item| seed.deserialize(Json(item))).transpose()
    }
}

struct Fields {
    fields: serde_json::map::IntoIter,
    value: Option<Value>,
}

impl Fields {
    fn new(fields: Map<String, Value>) -> Self {
        Self {
            fields: fields.into_iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let Some((name, value)) = self.fields.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(StrDeserializer::new(&name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(Json(self.value.take().ok_or_else(|| Unreadable::custom(""))?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::decode;
    use crate::{
        fmt::Day,
        gql::types::{Hue, Money, PageInfo, Person, TaskStatus},
    };

    #[test]
    fn reads_what_fragments_are_made_of() {
        let person: Person =
            decode(json!({ "hue": "PLUM", "id": "user_1", "name": "Ana", "more": [1, { "a": null }] }))
                .expect("a person");
        assert_eq!(
            (person.hue, person.id.inner(), person.name.as_str()),
            (Hue::Plum, "user_1", "Ana")
        );
        let money: Money =
            decode(json!({ "amountCents": 9_007_199_254_740_991_i64, "currency": "EUR" })).expect("money");
        assert_eq!(money.amount_cents, 9_007_199_254_740_991);
        let page: PageInfo = decode(json!({ "hasNextPage": true, "endCursor": null })).expect("a page");
        assert_eq!(
            page,
            PageInfo {
                has_next_page: true,
                end_cursor: None
            }
        );
        assert_eq!(
            decode::<Vec<Option<TaskStatus>>>(json!(["IN_PROGRESS", null])),
            Ok(vec![Some(TaskStatus::InProgress), None])
        );
        assert_eq!(
            decode::<Option<Day>>(json!("2026-11-23")),
            Ok(Day::parse("2026-11-23"))
        );
    }

    #[test]
    fn refuses_what_is_missing_or_of_another_kind() {
        assert!(decode::<Person>(json!({ "id": "user_1", "name": "Ana" })).is_err());
        assert!(decode::<Person>(json!({ "id": 1, "name": "Ana", "hue": "PLUM" })).is_err());
        assert!(decode::<Person>(json!([])).is_err());
        assert!(decode::<TaskStatus>(json!("SLEEPING")).is_err());
        assert!(decode::<i32>(json!(3_000_000_000_i64)).is_err());
        assert!(decode::<Day>(json!("2026-02-30")).is_err());
    }
}
