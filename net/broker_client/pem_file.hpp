// INTERNAL. PemFile: a text that a library wants as a file, and that must not be on a disk.
#pragma once

#include <string>
#include <string_view>

namespace ff::net::broker_client {

/// A file in memory, gone with this value.
class PemFile {
 public:
  /// Empty text: no file.
  explicit PemFile(std::string_view text);
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;
  ~PemFile();

  /// Empty if there is none, or the system has refused.
  std::string path() const;

 private:
  int descriptor_ = -1;
};

}  // namespace ff::net::broker_client
