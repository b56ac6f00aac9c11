#include "test/support/storage/disk_model.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace ff::test {

DiskResult DiskModel::admit(DiskCall call, const std::string& path) {
  if (power_left_) {
    if (*power_left_ == 0) return DiskResult::no_power;
    --*power_left_;
  }
  ++operations_;
  for (auto& fault : faults_) {
    if (fault.call != call || fault.times == 0 || !path.ends_with(fault.suffix)) continue;
    if (fault.after > 0) {
      --fault.after;
      continue;
    }
    --fault.times;
    ++struck_;
    return fault.error == DiskError::no_space ? DiskResult::no_space : DiskResult::io_error;
  }
  return DiskResult::ok;
}

void DiskModel::change_names(NameChange change) {
  change(names_);
  journal_.push_back(std::move(change));
}

DiskResult DiskModel::append(const DiskFilePtr& file, const std::string& path,
                             std::string_view data) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::append, path);
  // A failing or interrupted write leaves any part of its bytes behind.
  if (result != DiskResult::ok) data = data.substr(0, random_() % (data.size() + 1));
  file->data.append(data);
  return result;
}

DiskResult DiskModel::sync(const DiskFilePtr& file, const std::string& path) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::sync, path);
  if (result == DiskResult::no_power) return result;
  if (result != DiskResult::ok) {
    file->poisoned = true;
  } else if (!file->poisoned) {
    file->synced = file->data.size();
  }
  return result;
}

DiskResult DiskModel::create(const std::string& path, DiskFilePtr& out) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::create, path);
  if (result != DiskResult::ok) return result;
  out = std::make_shared<DiskFile>();
  change_names([path, file = out](Names& names) { names[path] = file; });
  return result;
}

DiskResult DiskModel::link(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::create, to);
  if (result != DiskResult::ok) return result;
  auto found = names_.find(from);
  if (found == names_.end()) return DiskResult::not_found;
  if (names_.contains(to)) return DiskResult::exists;
  change_names([to, file = found->second](Names& names) { names[to] = file; });
  return result;
}

DiskResult DiskModel::rename(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::rename, to);
  if (result != DiskResult::ok) return result;
  if (!names_.contains(from)) return DiskResult::not_found;
  change_names([from, to](Names& names) {
    // A directory takes what is in it along.
    Names moved;
    for (auto at = names.lower_bound(from); at != names.end();) {
      auto inside = at->first == from || at->first.starts_with(from + "/");
      if (!inside && !at->first.starts_with(from)) break;
      if (inside) moved[to + at->first.substr(from.size())] = at->second;
      at = inside ? names.erase(at) : std::next(at);
    }
    for (auto& [path, file] : moved) names[path] = file;
  });
  return result;
}

DiskResult DiskModel::remove(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::remove, path);
  if (result != DiskResult::ok) return result;
  if (!names_.contains(path)) return DiskResult::not_found;
  change_names([path](Names& names) { names.erase(path); });
  return result;
}

DiskResult DiskModel::make_directory(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::create, path);
  if (result != DiskResult::ok) return result;
  if (names_.contains(path)) return DiskResult::exists;
  change_names([path](Names& names) { names[path] = nullptr; });
  return result;
}

DiskResult DiskModel::sync_directory(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto result = admit(DiskCall::directory_sync, path);
  if (result != DiskResult::ok) return result;
  durable_names_ = names_;
  journal_.clear();
  return result;
}

void DiskModel::truncate(const DiskFilePtr& file, std::size_t size) {
  std::lock_guard lock(mutex_);
  file->data.resize(std::min(size, file->data.size()));
  file->synced = std::min(file->synced, file->data.size());
}

DiskFilePtr DiskModel::find(const std::string& path) const {
  std::lock_guard lock(mutex_);
  auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

bool DiskModel::is_directory(const std::string& path) const {
  std::lock_guard lock(mutex_);
  auto found = names_.find(path);
  return found != names_.end() && found->second == nullptr;
}

std::vector<std::string> DiskModel::children(const std::string& path) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  auto prefix = path + "/";
  for (auto at = names_.lower_bound(prefix); at != names_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    auto name = at->first.substr(prefix.size());
    if (name.find('/') == std::string::npos) out.push_back(name);
  }
  return out;
}

std::size_t DiskModel::size(const DiskFilePtr& file) const {
  std::lock_guard lock(mutex_);
  return file->data.size();
}

std::size_t DiskModel::read(const DiskFilePtr& file, std::size_t offset, std::size_t count,
                            char* out) const {
  std::lock_guard lock(mutex_);
  if (offset >= file->data.size()) return 0;
  count = std::min(count, file->data.size() - offset);
  std::memcpy(out, file->data.data() + offset, count);
  return count;
}

bool DiskModel::lock(const std::string& path) {
  std::lock_guard lock(mutex_);
  return locks_.insert(path).second;
}

void DiskModel::unlock(const std::string& path) {
  std::lock_guard lock(mutex_);
  locks_.erase(path);
}

void DiskModel::cut_power_after(std::uint64_t operations) {
  std::lock_guard lock(mutex_);
  power_left_ = operations;
}

bool DiskModel::powered() const {
  std::lock_guard lock(mutex_);
  return power_left_ != std::uint64_t{0};
}

void DiskModel::lose_unsynced(DiskFile& file, Tear tear) {
  auto unsynced = file.data.size() - file.synced;
  auto kept = unsynced == 0 ? 0 : random_() % (unsynced + 1);
  if (file.poisoned) kept = 0;
  lost_ += unsynced - kept;
  file.data.resize(file.synced + kept);
  if (tear == Tear::garbage && kept > 0) {
    for (auto n = random_() % 4; n > 0; --n) {
      file.data[file.synced + random_() % kept] = static_cast<char>(random_());
    }
  }
  file.synced = file.data.size();
  file.poisoned = false;
}

void DiskModel::restart(Tear tear) {
  std::lock_guard lock(mutex_);
  auto survivors = journal_.empty() ? 0 : random_() % (journal_.size() + 1);
  for (std::size_t i = 0; i < survivors; ++i) journal_[i](durable_names_);
  journal_.clear();
  names_ = durable_names_;
  std::set<DiskFile*> files;
  for (auto& [path, file] : names_) {
    if (file && files.insert(file.get()).second) lose_unsynced(*file, tear);
  }
  locks_.clear();
  faults_.clear();
  power_left_.reset();
}

void DiskModel::inject(const DiskFault& fault) {
  std::lock_guard lock(mutex_);
  faults_.push_back(fault);
}

std::uint64_t DiskModel::faults_struck() const {
  std::lock_guard lock(mutex_);
  return struck_;
}

std::uint64_t DiskModel::operations() const {
  std::lock_guard lock(mutex_);
  return operations_;
}

std::uint64_t DiskModel::bytes_lost() const {
  std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace ff::test
