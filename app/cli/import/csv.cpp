#include "app/cli/import/csv.hpp"

#include <algorithm>

namespace ff::cli {
namespace {

constexpr std::size_t header_searched_max = 1024;

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  const auto header = text_.substr(at_, std::min(text_.find('\n', at_), text_.size()) - at_)
                          .substr(0, header_searched_max);
  const auto found = header.find_first_of(";,");
  if (found != std::string_view::npos) separator_ = header[found];
}

bool CsvReader::at_row_end() const {
  return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
}

void CsvReader::take_line_end() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
}

void CsvReader::skip_empty_lines() {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) take_line_end();
}

Result<std::string> CsvReader::quoted_cell() {
  const auto begin = line_;
  std::string out;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] == '\n') ++line_;
    if (text_[at_] != '"') {
      out += text_[at_];
    } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
      out += text_[at_++];
    } else {
      ++at_;
      while (!at_row_end() && text_[at_] == ' ') ++at_;
      if (at_row_end() || text_[at_] == separator_) return out;
      return fail(parse_csv, {{"line", line_}, {"message", "text behind a closing quote"}});
    }
  }
  return fail(parse_csv, {{"line", begin}, {"message", "a quote is not closed"}});
}

Result<std::string> CsvReader::cell() {
  while (!at_row_end() && text_[at_] == ' ') ++at_;
  if (!at_row_end() && text_[at_] == '"') return quoted_cell();
  const auto begin = at_;
  while (!at_row_end() && text_[at_] != separator_) ++at_;
  auto text = text_.substr(begin, at_ - begin);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

Result<std::optional<CsvReader::Row>> CsvReader::next() {
  skip_empty_lines();
  if (at_ >= text_.size()) return std::optional<Row>();
  Row row;
  row.line = line_;
  const auto begin = at_;
  while (true) {
    auto text = cell();
    if (!text) {
      // The next call goes on behind this line.
      at_ = std::min(text_.find('\n', at_), text_.size());
      take_line_end();
      return fail(text.error());
    }
    row.cells.push_back(*std::move(text));
    if (at_row_end()) break;
    ++at_;
  }
  take_line_end();
  at_ = std::min(at_, text_.size());
  row.text = text_.substr(begin, at_ - begin);
  return std::optional<Row>(std::move(row));
}

std::string csv_cell(std::string_view text, char separator) {
  const bool is_plain = text.find_first_of("\"\r\n") == std::string_view::npos &&
                        text.find(separator) == std::string_view::npos && !text.starts_with(' ');
  if (is_plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace ff::cli
