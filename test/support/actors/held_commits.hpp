// Commits that wait until a test lets them go, or loses them.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>
#include <vector>

#include "actors/support/committer.hpp"
#include "actors/support/route.hpp"

namespace ff::test {

/// In the place of a committer from hold() to release(); what is asked then goes to it.
class HeldCommits {
 public:
  void hold(caf::actor_system& system, const actors::Route<actors::Committer>& route) {
    route_ = route;
    committer_ = route_.get();
    const auto keep = [](actors::Committer::pointer, std::vector<actors::Commit>* commits) {
      return actors::Committer::behavior_type{
          [commits](const actors::Commit& commit) { commits->push_back(commit); },
          [](const actors::InspectCommitter&) {},
          [](const actors::CommitterFlush&) {},
          [](const actors::CommitterSync&) {},
      };
    };
    route_.set(system.spawn(keep, &commits_));
  }
  /// The committer is there again and has what waited. Run the actors afterwards.
  void release() {
    route_.set(committer_);
    for (auto& commit : std::exchange(commits_, {})) caf::anon_send(committer_, std::move(commit));
  }
  /// As when an actor on the way ends.
  void drop() { commits_.clear(); }

  std::size_t size() const noexcept { return commits_.size(); }

 private:
  actors::Route<actors::Committer> route_;
  actors::Committer committer_;
  std::vector<actors::Commit> commits_;
};

}  // namespace ff::test
