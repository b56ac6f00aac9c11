// CSV (RFC 4180) row by row: the separator is found, a byte order mark dropped, quotes taken away.
// [spec devices-repository-templates-qr §2.2] Not what columns mean; see device_row.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::cli {

inline constexpr ErrorDef parse_csv{"cli", "parse_csv", Code::invalid_argument,
                                    "line {line}: {message}"};

class CsvReader {
 public:
  /// `text` must outlive this. The separator is the first `;` or `,` of the first line.
  explicit CsvReader(std::string_view text);

  struct Row {
    std::vector<std::string> cells;  ///< Without blanks before them.
    std::string_view text;           ///< As it is in the file, with the end of its line.
    std::size_t line = 0;            ///< Where it begins, from 1.
  };
  /// Nothing at the end; lines without anything are left out. Error: parse_csv.
  Result<std::optional<Row>> next();

  char separator() const noexcept { return separator_; }
  /// Bytes that were read.
  std::size_t offset() const noexcept { return at_; }

 private:
  void skip_empty_lines();
  Result<std::string> cell();
  Result<std::string> quoted_cell();
  bool at_row_end() const;
  void take_line_end();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  char separator_ = ';';
};

/// A cell as it is written: quoted when it has to be.
std::string csv_cell(std::string_view text, char separator);

}  // namespace ff::cli
