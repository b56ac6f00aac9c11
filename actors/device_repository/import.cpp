#include "actors/device_repository/import.hpp"

#include "actors/device_repository/record.hpp"
#include "protocol/crypto/digest.hpp"
#include "protocol/device_repository/document.hpp"

namespace ff::device_repository {
namespace {

/// Rows of one write, and files between two words of progress.
constexpr std::size_t rows_max = 256;
constexpr std::size_t bytes_max = std::size_t{4} << 20U;

/// For logs and terminals: a file's own words may be anything.
std::string printable(std::string text) {
  constexpr std::size_t size_max = 300;
  if (text.size() > size_max) text.resize(size_max);
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"') c = '?';
  }
  return text;
}

class Import {
 public:
  Import(std::map<std::string, Bytes> digests, const ImportHooks& hooks)
      : digests_(std::move(digests)), hooks_(hooks) {}

  /// False: no more.
  bool take(const std::string& path, const std::string& content) {
    ++report_.files;
    has_index_ = has_index_ || path == "index.yaml";
    const auto digest = crypto::sha256(as_bytes(content));
    const auto found = digests_.extract(path);
    if (!found.empty() && std::ranges::equal(found.mapped(), digest)) {
      ++report_.unchanged;
    } else {
      read(path, content, Bytes(digest.begin(), digest.end()));
    }
    if (rows_ >= rows_max || batch_.data().size() >= bytes_max) flush();
    if (report_.files % rows_max == 0) tell();
    return status_.has_value();
  }
  void unreadable(const std::string& path) {
    ++report_.files;
    ++report_.bad;
    digests_.erase(path);
    if (hooks_.problem) hooks_.problem(path, "it can not be read");
  }

  Result<ImportReport> finish() {
    if (status_ && !has_index_) {
      flush();
      FF_CHECK(status_);
      return fail(not_a_repository);
    }
    for (const auto& [path, digest] : digests_) {
      if (!status_) break;
      batch_.erase(storage::Family::entity, row_key(path));
      ++report_.removed;
    }
    flush();
    tell();
    FF_CHECK(status_);
    return report_;
  }

 private:
  void read(const std::string& path, const std::string& content, Bytes digest) {
    auto document = read_document(path, content);
    if (!document) {
      ++report_.bad;
      if (hooks_.problem) hooks_.problem(path, printable(document.error().message()));
      return;
    }
    ++report_.imported;
    for (const auto& warning : document->warnings) {
      if (hooks_.problem) hooks_.problem(path, printable(warning));
    }
    batch_.put(storage::Family::entity, row_key(path),
               encode_row({document->kind, std::move(digest), std::move(document->body)}));
    ++rows_;
  }
  void flush() {
    if (!status_ || batch_.empty()) return;
    rows_ = 0;
    status_ = hooks_.write(std::exchange(batch_, {}));
  }
  void tell() {
    if (status_ && hooks_.progress && !hooks_.progress(report_)) status_ = fail(import_stopped);
  }

  std::map<std::string, Bytes> digests_;  // of what was not seen yet
  const ImportHooks& hooks_;
  storage::WriteBatch batch_;
  std::size_t rows_ = 0;
  bool has_index_ = false;
  ImportReport report_;
  Status status_;
};

}  // namespace

Result<ImportReport> import_repository(RepositorySource& source, const storage::Reader& store,
                                       const ImportHooks& hooks) {
  FF_TRY(auto digests, stored_digests(store));
  Import import(std::move(digests), hooks);
  FF_CHECK(source.walk([&](const std::string& path,
                           const std::string& content) { return import.take(path, content); },
                       [&](const std::string& path) { import.unreadable(path); }));
  return import.finish();
}

}  // namespace ff::device_repository
