#include "net/broker_client/pem_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>

namespace ff::net::broker_client {

PemFile::PemFile(std::string_view text) {
  if (text.empty()) return;
  descriptor_ = memfd_create("farfield-pem", MFD_CLOEXEC);
  while (descriptor_ >= 0 && !text.empty()) {
    const auto written = write(descriptor_, text.data(), text.size());
    if (written <= 0) {
      close(std::exchange(descriptor_, -1));
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

PemFile::~PemFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string PemFile::path() const {
  // Opened anew by each reader, so that all of them read from the beginning.
  return descriptor_ < 0 ? "" : "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace ff::net::broker_client
