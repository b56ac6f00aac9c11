#include "app/cli/import/report.hpp"

#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>

#include "app/cli/error/error_text.hpp"
#include "app/cli/import/csv.hpp"

namespace ff::cli {
namespace {

constexpr std::string_view header = "row;device_id;verdict;reason\n";
constexpr std::size_t rows_max = 100'000'000;

std::string head_of(const std::string& identity) {
  return "# " + identity + "\n" + std::string(header);
}

/// The row and its verdict of a line; nothing if it is none.
void read_line(std::string_view line, Verdicts& verdicts) {
  std::size_t row = 0;
  const auto first = line.find(';');
  const auto second = line.find(';', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return;
  const auto third = std::min(line.find(';', second + 1), line.size());
  const auto verdict = parse_verdict(line.substr(second + 1, third - second - 1));
  const auto* end = line.data() + first;
  if (verdict && std::from_chars(line.data(), end, row).ptr == end && row <= rows_max)
    verdicts.put(row, *verdict);
}

/// IDs have no other characters; whatever a file has instead must not look like a line of ours.
std::string plain_id(std::string_view id) {
  std::string out(id);
  for (auto& c : out) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') c = '?';
  }
  return out;
}

/// The error and its causes on one line.
std::string reason_of(const Error& error) {
  auto text = error.to_string();
  for (const auto* cause = error.cause(); cause != nullptr; cause = cause->cause())
    text += ", because of " + cause->to_string();
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

}  // namespace

void Verdicts::put(std::size_t row, Verdict verdict) {
  if (row >= rows_.size()) rows_.resize(row + row / 2 + 1024);
  if (rows_[row] != 0) --counts_[rows_[row] - 1U];
  rows_[row] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(verdict) + 1U);
  ++counts_[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> Verdicts::of(std::size_t row) const {
  if (row >= rows_.size() || rows_[row] == 0) return std::nullopt;
  return static_cast<Verdict>(rows_[row] - 1U);
}

Result<std::unique_ptr<Report>> Report::open(const std::filesystem::path& path,
                                             const std::string& identity, bool restart) {
  const auto unwritable = [&] { return fail(report_unwritable, {{"path", path.string()}}); };
  std::ifstream present(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(present), {}};
  present.close();
  const auto head = head_of(identity);
  if (restart || text.size() < head.size()) text.clear();
  if (!text.empty() && !text.starts_with(head))
    return fail(report_of_another, {{"path", path.string()}});
  text.erase(text.rfind('\n') + 1);
  std::FILE* file = std::fopen(path.c_str(), text.empty() ? "wb" : "r+b");
  if (file == nullptr) return unwritable();
  std::unique_ptr<Report> report(new Report(path, file));
  if (text.empty()) {
    std::fwrite(head.data(), 1, head.size(), file);
  } else {
    std::error_code error;
    std::filesystem::resize_file(path, text.size(), error);
    if (error || std::fseek(file, 0, SEEK_END) != 0) return unwritable();
    for (std::string_view rest = std::string_view(text).substr(head.size()); !rest.empty();) {
      const auto end = rest.find('\n');
      read_line(rest.substr(0, end), report->verdicts_);
      rest.remove_prefix(end + 1);
    }
  }
  FF_CHECK(report->flush());
  return report;
}

Report::~Report() {
  std::fclose(file_);
}

void Report::put(std::size_t row, std::string_view device_id, Verdict verdict, const Error* error) {
  verdicts_.put(row, verdict);
  auto line =
      std::to_string(row) + ";" + plain_id(device_id) + ";" + std::string(to_string(verdict)) + ";";
  if (error != nullptr) line += csv_cell(reason_of(*error), ';');
  line += "\n";
  std::fwrite(line.data(), 1, line.size(), file_);
}

Status Report::flush() {
  if (std::fflush(file_) != 0 || std::ferror(file_) != 0)
    return fail(report_unwritable, {{"path", path_.string()}});
  return {};
}

}  // namespace ff::cli
