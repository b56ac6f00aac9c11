#include "actors/device_repository/source.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include "actors/device_repository/archive.hpp"
#include "protocol/device_repository/document.hpp"

namespace ff::device_repository {
namespace {

namespace fs = std::filesystem;

class Folder final : public RepositorySource {
 public:
  Folder(fs::path root, std::vector<std::string> paths)
      : root_(std::move(root)), paths_(std::move(paths)) {}

  std::size_t count() const override { return paths_.size(); }

  Status walk(const VisitFile& visit,
              const std::function<void(const std::string&)>& unreadable) override {
    std::string buffer(source_file_max + 1, '\0');
    std::string content;
    for (const auto& path : paths_) {
      std::ifstream in(root_ / path, std::ios::binary);
      in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      if (in.bad() || (in.fail() && !in.eof())) {
        unreadable(path);
        continue;
      }
      content.assign(buffer, 0, static_cast<std::size_t>(in.gcount()));
      if (!visit(path, content)) return {};
    }
    return {};
  }

 private:
  fs::path root_;
  std::vector<std::string> paths_;
};

Error unreadable(const fs::path& path, const std::string& reason) {
  return Error(unreadable_source, {{"path", path.string()}, {"reason", reason}});
}

Result<std::unique_ptr<RepositorySource>> open_folder(const fs::path& path) {
  std::error_code error;
  const auto vendor = path / "vendor";
  const auto root = fs::is_directory(vendor, error) ? vendor : path;
  std::vector<std::string> paths;
  auto files =
      fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
  for (; !error && files != fs::recursive_directory_iterator(); files.increment(error)) {
    if (files->is_symlink(error) || !files->is_regular_file(error)) continue;
    auto name = files->path().lexically_relative(root).generic_string();
    if (is_document(name)) paths.push_back(std::move(name));
  }
  if (error) return fail(unreadable(root, error.message()));
  std::ranges::sort(paths);
  return std::make_unique<Folder>(root, std::move(paths));
}

}  // namespace

Result<std::unique_ptr<RepositorySource>> open_source(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) return open_folder(path);
  if (!fs::is_regular_file(status)) return fail(unreadable(path, "there is no such file"));
  return open_archive(path);
}

}  // namespace ff::device_repository
