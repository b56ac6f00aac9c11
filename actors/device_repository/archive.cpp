#include "actors/device_repository/archive.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include "protocol/device_repository/document.hpp"

namespace ff::device_repository {
namespace {

constexpr std::size_t block = 512;
/// Of the records that carry long names.
constexpr std::uint64_t name_record_max = 64 << 10U;

using Header = std::array<char, block>;

std::string_view text_at(const Header& header, std::size_t at, std::size_t size) {
  const std::string_view field(header.data() + at, size);
  return field.substr(0, std::min(field.find('\0'), size));
}

/// Octal digits, or base 256 for what does not fit.
std::optional<std::uint64_t> number_at(const Header& header, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  if ((static_cast<unsigned char>(header.at(at)) & 0x80U) != 0) {
    for (std::size_t i = size - 8; i < size; ++i)
      number = (number << 8U) | static_cast<unsigned char>(header.at(at + i));
    return number;
  }
  auto text = text_at(header, at, size);
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, 8);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

bool is_sound(const Header& header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block; ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header.at(i));
  return number_at(header, 148, 8) == sum;
}

std::string name_of(const Header& header) {
  std::string name(text_at(header, 0, 100));
  const auto prefix = text_at(header, 345, 155);
  const bool is_posix = text_at(header, 257, 5) == "ustar";
  return is_posix && !prefix.empty() ? std::string(prefix) + "/" + name : name;
}

/// `<length> path=<name>\n` among the others.
std::string path_in(std::string_view record) {
  while (!record.empty()) {
    std::size_t length = 0;
    const auto [stop, error] =
        std::from_chars(record.data(), record.data() + record.size(), length);
    const auto digits = static_cast<std::size_t>(stop - record.data());
    if (error != std::errc{} || length <= digits + 1 || length > record.size()) return {};
    auto entry = record.substr(digits + 1, length - digits - 2);
    if (entry.starts_with("path=")) return std::string(entry.substr(5));
    record.remove_prefix(length);
  }
  return {};
}

class Archive final : public RepositorySource {
 public:
  Archive(std::filesystem::path path, gzFile file) : path_(std::move(path)), file_(file) {}
  ~Archive() override { gzclose(file_); }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  std::size_t count() const override { return 0; }

  Status walk(const VisitFile& visit,
              const std::function<void(const std::string&)>& /*unreadable*/) override {
    std::string long_name;
    std::string content;
    for (Header header{};;) {
      if (!read(header.data(), block)) return fail(damaged("it ends too early"));
      if (std::ranges::all_of(header, [](char c) { return c == 0; })) return {};
      const auto size = number_at(header, 124, 12);
      if (!is_sound(header) || !size) return fail(damaged("this is no archive of tar"));
      const auto type = header.at(156);
      if (type == 'x' || type == 'L') {
        if (*size > name_record_max || !take(*size, *size, content))
          return fail(damaged("it ends too early"));
        long_name = type == 'x' ? path_in(content) : content.substr(0, content.find('\0'));
        continue;
      }
      const auto name = long_name.empty() ? name_of(header) : std::exchange(long_name, {});
      const auto path = type == '0' || type == '\0' ? below_vendor(name) : std::string();
      const bool wanted = is_document(path) && seen_.insert(path).second;
      if (!take(*size, wanted ? source_file_max + 1 : 0, content))
        return fail(damaged("it ends too early"));
      if (wanted && !visit(path, content)) return {};
    }
  }

 private:
  Error damaged(const std::string& reason) const {
    return Error(unreadable_source, {{"path", path_.string()}, {"reason", reason}});
  }
  bool read(char* to, std::size_t size) {
    total_ += size;
    return total_ <= archive_size_max &&
           gzread(file_, to, static_cast<unsigned>(size)) == static_cast<int>(size);
  }
  /// The next `size` octets and the rest of their last block; the first `keep` of them stay.
  bool take(std::uint64_t size, std::uint64_t keep, std::string& content) {
    content.clear();
    std::array<char, std::size_t{32} * block> buffer{};
    if (size > archive_size_max) return false;
    for (auto rest = (size + block - 1) / block * block; rest > 0;) {
      const auto part = std::min<std::uint64_t>(rest, buffer.size());
      if (!read(buffer.data(), part)) return false;
      const auto limit = std::min(size, keep);
      if (content.size() < limit)
        content.append(buffer.data(), std::min<std::uint64_t>(part, limit - content.size()));
      rest -= part;
    }
    return true;
  }

  std::filesystem::path path_;
  gzFile file_;
  std::uint64_t total_ = 0;
  std::set<std::string> seen_;
};

}  // namespace

std::string below_vendor(std::string_view name) {
  if (name.starts_with("vendor/")) return std::string(name.substr(7));
  const auto found = name.find("/vendor/");
  return found == std::string_view::npos ? std::string() : std::string(name.substr(found + 8));
}

Result<std::unique_ptr<RepositorySource>> open_archive(const std::filesystem::path& path) {
  // Reads what is not compressed as it is.
  auto* file = gzopen(path.c_str(), "rb");
  if (file == nullptr)
    return fail(unreadable_source, {{"path", path.string()}, {"reason", "it can not be opened"}});
  return std::make_unique<Archive>(path, file);
}

}  // namespace ff::device_repository
