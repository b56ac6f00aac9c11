// Repositories for tests: folders that end with the test, and archives of tar made by hand.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace ff::device_repository {

class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "farfield-repository-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void put(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// One entry of a tar archive. `type`: `0` a file, `x` and `L` names that are too long.
inline std::string tar_entry(const std::string& name, const std::string& content, char type = '0') {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  const auto octal = [](std::size_t number, int digits) {
    char text[24];
    std::snprintf(text, sizeof text, "%0*zo", digits, number);
    return std::string(text);
  };
  put(0, name.substr(0, 100));
  put(100, "0000644");
  put(124, octal(content.size(), 11));
  put(156, std::string(1, type));
  put(257, std::string("ustar\0"
                       "00",
                       8));
  put(148, "        ");
  std::size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + '\0' + ' ');
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}
inline std::string tar_end() {
  return std::string(1024, '\0');
}

}  // namespace ff::device_repository
