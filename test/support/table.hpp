// Tables of tab-separated values, whose first line names the columns, as of protocol/proto/tables.
// For tests that hold the program against a table row by row.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ff::test {

using TableRow = std::map<std::string, std::string>;

/// A tab, a line feed and a backslash are written `\t`, `\n` and `\\`.
inline std::string table_cell(const std::string& written) {
  std::string out;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] != '\\' || i + 1 == written.size()) {
      out += written[i];
      continue;
    }
    const char name = written[++i];
    out += name == 't' ? '\t' : name == 'n' ? '\n' : name;
  }
  return out;
}

/// A missing file throws, and the test fails; so does a row without a column that is asked for
/// with `at`.
inline std::vector<TableRow> read_table(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("no table " + path);
  std::vector<std::string> names;
  std::vector<TableRow> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(table_cell(cell));
    if (names.empty()) {
      names = row;
      continue;
    }
    auto& named = rows.emplace_back();
    for (std::size_t i = 0; i < names.size(); ++i) named[names[i]] = i < row.size() ? row[i] : "";
  }
  return rows;
}

}  // namespace ff::test
