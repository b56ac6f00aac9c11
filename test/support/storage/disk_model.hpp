// The state of FaultEnv's disk: files, names, and which of both are durable. Knows nothing of
// RocksDB.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "test/support/storage/fault_env.hpp"

namespace ff::test {

struct DiskFile {
  std::string data;
  /// Bytes at the front that survive power loss.
  std::size_t synced = 0;
  /// A sync failed: what was unsynced then stays so.
  bool poisoned = false;
};
using DiskFilePtr = std::shared_ptr<DiskFile>;

enum class DiskResult : std::uint8_t { ok, no_power, no_space, io_error, not_found, exists };

/// Thread safe. Paths are compared as they are written.
class DiskModel {
 public:
  explicit DiskModel(std::uint64_t seed) : random_(seed) {}

  DiskResult append(const DiskFilePtr& file, const std::string& path, std::string_view data);
  DiskResult sync(const DiskFilePtr& file, const std::string& path);
  /// Replaces a file of that name.
  DiskResult create(const std::string& path, DiskFilePtr& out);
  DiskResult link(const std::string& from, const std::string& to);
  DiskResult rename(const std::string& from, const std::string& to);
  DiskResult remove(const std::string& path);
  DiskResult make_directory(const std::string& path);
  DiskResult sync_directory(const std::string& path);
  void truncate(const DiskFilePtr& file, std::size_t size);

  DiskFilePtr find(const std::string& path) const;
  bool is_directory(const std::string& path) const;
  std::vector<std::string> children(const std::string& path) const;
  std::size_t size(const DiskFilePtr& file) const;
  /// Up to `count` bytes from `offset`; how many there were.
  std::size_t read(const DiskFilePtr& file, std::size_t offset, std::size_t count, char* out) const;
  bool lock(const std::string& path);
  void unlock(const std::string& path);

  void cut_power_after(std::uint64_t operations);
  bool powered() const;
  void restart(Tear tear);
  void inject(const DiskFault& fault);
  std::uint64_t faults_struck() const;
  std::uint64_t operations() const;
  std::uint64_t bytes_lost() const;

 private:
  /// A null file is a directory.
  using Names = std::map<std::string, DiskFilePtr>;
  using NameChange = std::function<void(Names&)>;

  DiskResult admit(DiskCall call, const std::string& path);
  void change_names(NameChange change);
  void lose_unsynced(DiskFile& file, Tear tear);

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> journal_;
  std::set<std::string> locks_;
  std::vector<DiskFault> faults_;
  std::optional<std::uint64_t> power_left_;
  std::uint64_t operations_ = 0;
  std::uint64_t struck_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace ff::test
