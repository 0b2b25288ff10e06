//! Word documents (ECMA-376, WordprocessingML): a ZIP archive whose `word/document.xml` is the text.

use std::io::{BufReader, Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use smartstack_schema::UnreadableReason;
use zip::ZipArchive;
use zip::result::ZipError;

/// Most bytes of the text's XML, unpacked: an archive of a few kilobytes can hold gigabytes.
const XML_MAX: u64 = 64 * 1024 * 1024;
/// Most characters kept; what is beyond is refused as too long anyway.
const TEXT_MAX: usize = 4 * smartstack_domain::input::DOCUMENT_MAX;

/// The text of a document: paragraphs as lines, lists with a dash, rows of tables as lines with tabs. What was
/// deleted with changes tracked is left out.
pub(super) fn text(bytes: &[u8]) -> Result<String, UnreadableReason> {
    let broken = |_| UnreadableReason::Broken;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let entry = archive
        .by_name("word/document.xml")
        .map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => UnreadableReason::Encrypted,
            _ => UnreadableReason::Broken,
        })?;
    let mut limited = entry.take(XML_MAX + 1);
    let text = read(Reader::from_reader(BufReader::new(&mut limited)))?;
    if limited.limit() == 0 {
        return Err(UnreadableReason::TooComplex);
    }
    Ok(text)
}

fn read<R: std::io::BufRead>(mut reader: Reader<R>) -> Result<String, UnreadableReason> {
    let mut text = String::new();
    // Where a paragraph begins, to put its dash in front.
    let (mut start, mut in_text, mut cells) = (0, false, 0_usize);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|_| UnreadableReason::Broken)?;
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"p" => start = text.len(),
                b"t" => in_text = true,
                b"tc" => cells += 1,
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                b"tab" => text.push('\t'),
                b"br" | b"cr" => text.push('\n'),
                b"noBreakHyphen" => text.push('-'),
                b"p" => text.push('\n'),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                b"t" => in_text = false,
                // The list a paragraph belongs to is named before its text.
                b"numPr" => text.insert_str(start, "- "),
                b"p" => text.push(if cells > 0 { ' ' } else { '\n' }),
                b"tc" => {
                    cells = cells.saturating_sub(1);
                    text.push('\t');
                }
                b"tr" => text.push('\n'),
                _ => {}
            },
            Event::Text(piece) if in_text => {
                text.push_str(&piece.decode().map_err(|_| UnreadableReason::Broken)?);
            }
            Event::CData(piece) if in_text => {
                text.push_str(&piece.decode().map_err(|_| UnreadableReason::Broken)?);
            }
            // The five every XML has, and characters by number; a document's own are not resolved.
            Event::GeneralRef(name) if in_text => match name.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => {
                    let name = name.decode().map_err(|_| UnreadableReason::Broken)?;
                    text.push_str(resolve_predefined_entity(&name).unwrap_or_default());
                }
            },
            Event::Eof => break,
            _ => {}
        }
        if text.len() > TEXT_MAX * 4 {
            return Err(UnreadableReason::TooLong);
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Result<String, UnreadableReason> {
        let xml = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
        read(Reader::from_reader(xml.as_bytes()))
    }

    #[test]
    fn paragraphs_lists_and_tables_keep_their_lines() {
        let text = said(
            "<w:p><w:r><w:t>Please draw</w:t></w:r><w:r><w:t xml:space=\"preserve\"> a crab &amp; a &#x66;ox</w:t></w:r></w:p>\
             <w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/></w:numPr></w:pPr><w:r><w:t>one</w:t></w:r></w:p>\
             <w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>kept</w:t><w:br/><w:t>below</w:t></w:r></w:p>\
             <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Logo</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12 May</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        );
        assert_eq!(
            text.unwrap(),
            "Please draw a crab & a fox\n- one\nkept\nbelow\nLogo \t12 May \t\n"
        );
    }

    #[test]
    fn entities_of_its_own_are_nothing() {
        let xml = "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><d><t>&b;x</t></d>";
        assert_eq!(read(Reader::from_reader(xml.as_bytes())).unwrap(), "x");
    }

    #[test]
    fn what_is_no_archive_or_no_xml_is_broken() {
        assert_eq!(
            text(b"PK\x03\x04 word/document.xml"),
            Err(UnreadableReason::Broken)
        );
        assert_eq!(said("<w:p></w:q>"), Err(UnreadableReason::Broken));
    }
}
