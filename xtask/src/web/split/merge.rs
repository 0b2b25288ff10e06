//! Several of the cutting's pieces as one wasm file.
//!
//! They are of one shape: they import the first file's memory, table and globals, put functions into
//! places of the table and constants into places of the memory that nobody else uses, and export
//! nothing. So they can stand side by side; only types and functions are counted on.

use std::convert::Infallible;

use anyhow::{Result, anyhow, bail};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, EntityType, FunctionSection, ImportSection,
    Module, TypeSection,
};
use wasmparser::{DataKind, Parser, Payload, TypeRef};

/// Where the things of one piece stand in the whole.
#[derive(Default)]
struct Place {
    types: u32,
    functions: u32,
    elements: u32,
    data: u32,
    /// By their number in the piece.
    globals: Vec<u32>,
}

impl Reencode for Place {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.types + index)
    }

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.functions + index)
    }

    fn element_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.elements + index)
    }

    fn data_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.data + index)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        // A piece defines none; one that is not there would be refused by the browser.
        Ok(self.globals.get(index as usize).copied().unwrap_or(u32::MAX))
    }
}

/// The whole, as it grows.
#[derive(Default)]
struct Whole {
    types: TypeSection,
    imports: Vec<(String, String, EntityType)>,
    functions: FunctionSection,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
    /// How many types there are; a section counts groups of them.
    type_count: u32,
    counts_data: bool,
}

impl Whole {
    /// The number that an import has among those of its kind; one that is known already is not
    /// imported twice.
    fn import(&mut self, module: &str, name: &str, entity: EntityType) -> Result<u32> {
        let kind = std::mem::discriminant(&entity);
        let mut number = 0;
        for (known_module, known_name, known) in &self.imports {
            if known_module == module && known_name == name {
                if *known != entity {
                    bail!("two pieces import {name} as different things");
                }
                return Ok(number);
            }
            if std::mem::discriminant(known) == kind {
                number += 1;
            }
        }
        self.imports.push((module.to_owned(), name.to_owned(), entity));
        Ok(number)
    }

    fn add(&mut self, piece: &[u8]) -> Result<()> {
        let fault = |error: Error<Infallible>| anyhow!("{error}");
        let mut place = Place {
            types: self.type_count,
            functions: self.functions.len(),
            elements: self.elements.len(),
            data: self.data.len(),
            globals: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(piece) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section.clone() {
                        self.type_count += u32::try_from(group?.types().len())?;
                    }
                    utils::parse_type_section(&mut place, &mut self.types, section).map_err(fault)?;
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let entity = place.entity_type(import.ty).map_err(fault)?;
                        let number = self.import(import.module, import.name, entity)?;
                        match import.ty {
                            TypeRef::Global(_) => place.globals.push(number),
                            TypeRef::Memory(_) | TypeRef::Table(_) if number == 0 => {}
                            _ => bail!(
                                "a piece imports {}, which is no memory, table or global",
                                import.name
                            ),
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    utils::parse_function_section(&mut place, &mut self.functions, section).map_err(fault)?;
                }
                Payload::ElementSection(section) => {
                    utils::parse_element_section(&mut place, &mut self.elements, section).map_err(fault)?;
                }
                Payload::DataCountSection { .. } => self.counts_data = true,
                Payload::CodeSectionEntry(body) => {
                    utils::parse_function_body(&mut place, &mut self.code, body).map_err(fault)?;
                }
                Payload::DataSection(section) => {
                    for data in section {
                        let data = data?;
                        // Zeros that are there anyway. Counted on only where code names segments.
                        let nothing = data.data.is_empty() && matches!(data.kind, DataKind::Active { .. });
                        if !nothing || self.counts_data {
                            utils::parse_data(&mut place, &mut self.data, data).map_err(fault)?;
                        }
                    }
                }
                Payload::Version { .. }
                | Payload::CodeSectionStart { .. }
                | Payload::CustomSection(_)
                | Payload::End(_) => {}
                Payload::ExportSection(section) if section.count() == 0 => {}
                Payload::GlobalSection(section) if section.count() == 0 => {}
                Payload::MemorySection(section) if section.count() == 0 => {}
                Payload::TableSection(section) if section.count() == 0 => {}
                Payload::TagSection(section) if section.count() == 0 => {}
                other => bail!("a piece has something that pieces have not: {other:?}"),
            }
        }
        Ok(())
    }
}

/// Puts pieces side by side. Names and other custom sections are left out.
pub(super) fn merge<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>> {
    let mut whole = Whole::default();
    for piece in pieces {
        whole.add(piece)?;
    }
    let mut imports = ImportSection::new();
    for (module, name, entity) in &whole.imports {
        imports.import(module, name, *entity);
    }
    let mut module = Module::new();
    module
        .section(&whole.types)
        .section(&imports)
        .section(&whole.functions)
        .section(&whole.elements);
    if whole.counts_data {
        module.section(&DataCountSection {
            count: whole.data.len(),
        });
    }
    module.section(&whole.code).section(&whole.data);
    Ok(module.finish())
}

/// How large a piece is, without names.
pub(super) fn size(piece: &[u8]) -> Result<u64> {
    let mut size = 0;
    for payload in Parser::new(0).parse_all(piece) {
        size += match payload? {
            Payload::CodeSectionStart { size, .. } => u64::from(size),
            Payload::DataSection(section) => section.range().end - section.range().start,
            _ => 0,
        };
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, Elements, Function, GlobalType, Instruction, MemoryType, RefType, TableType, ValType,
    };

    use super::*;

    /// A piece as the cutting makes them: one function, put at `slot` of the table, that calls
    /// another of its own and writes to a global; and `text` at `address` of the memory.
    fn piece(global: &str, slot: i32, address: i32, text: &[u8]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([ValType::I32], [ValType::I32]);
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: 20,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("__wasm_split", "memory", memory);
        let table = TableType {
            element_type: RefType::FUNCREF,
            minimum: 90,
            maximum: None,
            table64: false,
            shared: false,
        };
        imports.import("__wasm_split", "__indirect_function_table", table);
        let number = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        imports.import("__wasm_split", global, number);
        let mut functions = FunctionSection::new();
        functions.function(0).function(1);
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(slot),
            Elements::Functions([0].as_slice().into()),
        );
        let mut code = CodeSection::new();
        let mut first = Function::new([]);
        for instruction in [
            Instruction::I32Const(slot),
            Instruction::Call(1),
            Instruction::GlobalSet(0),
            Instruction::End,
        ] {
            first.instruction(&instruction);
        }
        let mut second = Function::new([]);
        second
            .instruction(&Instruction::LocalGet(0))
            .instruction(&Instruction::End);
        code.function(&first).function(&second);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(address), text.iter().copied());
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&elements)
            .section(&code)
            .section(&data);
        module.finish()
    }

    #[test]
    fn pieces_stand_side_by_side() {
        let pieces = [
            piece("a", 3, 1024, b"one"),
            piece("b", 4, 2048, b"two"),
            piece("a", 5, 4096, b""),
        ];
        let whole = merge(pieces.iter().map(Vec::as_slice)).expect("they go together");
        wasmparser::Validator::new().validate_all(&whole).expect("wasm");
        let (mut imports, mut written, mut called, mut placed, mut texts) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(&whole) {
            match payload.expect("wasm") {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imports.push(import.expect("an import").name.to_owned());
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader().expect("code") {
                        match operator.expect("code") {
                            wasmparser::Operator::GlobalSet { global_index } => written.push(global_index),
                            wasmparser::Operator::Call { function_index } => called.push(function_index),
                            _ => {}
                        }
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        if let wasmparser::ElementItems::Functions(list) = element.expect("an element").items
                        {
                            placed.extend(list.into_iter().map(|index| index.expect("a function")));
                        }
                    }
                }
                Payload::DataSection(section) => {
                    texts.extend(section.into_iter().map(|data| data.expect("data").data.to_vec()));
                }
                _ => {}
            }
        }
        assert_eq!(imports, ["memory", "__indirect_function_table", "a", "b"]);
        assert_eq!(written, [0, 1, 0]);
        assert_eq!(called, [1, 3, 5]);
        assert_eq!(placed, [0, 2, 4]);
        assert_eq!(texts, [b"one", b"two"]);
    }

    #[test]
    fn what_is_no_piece_is_refused() {
        let mut imports = ImportSection::new();
        imports.import("env", "f", EntityType::Function(0));
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut module = Module::new();
        module.section(&types).section(&imports);
        let refused = merge([module.finish().as_slice()]).expect_err("a function is imported");
        assert!(
            refused.to_string().contains("no memory, table or global"),
            "{refused}"
        );
    }
}
