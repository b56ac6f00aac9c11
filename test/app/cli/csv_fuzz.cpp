// Any text as a file of an import: no crash, rows are parts of the text, and cells that are written
// are read again.
#include <cstdint>
#include <string_view>

#include "app/cli/import/csv.hpp"
#include "protocol/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff::cli;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CsvReader reader(text);
  std::size_t read = 0;
  while (true) {
    const auto row = reader.next();
    FF_ASSERT(reader.offset() <= size);
    if (!row) continue;
    if (!*row) break;
    read += (*row)->text.size();
    FF_ASSERT(read <= size);
    for (const auto& cell : (*row)->cells) {
      // The header says what the separator is.
      const auto line = "a;b\n" + csv_cell(cell, ';') + ";x\n";
      CsvReader again(line);
      FF_ASSERT(again.next());
      const auto second = again.next();
      FF_ASSERT(second && *second && (*second)->cells.size() == 2);
    }
  }
  return 0;
}
