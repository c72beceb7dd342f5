#include "util/shell_words.h"

#include <utility>

namespace bootcheck {
namespace {

constexpr std::string_view kOperators = ";&|<>()";

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  Argv words() {
    for (; at_ < line_.size(); ++at_)
      take(line_[at_]);
    finish();
    return std::move(words_);
  }

 private:
  void take(char next) {
    if (next == ' ' || next == '\t' || next == '\n') return finish();
    if (kOperators.find(next) != std::string_view::npos) return take_operator(next);
    if (next == '\'' || next == '"') return take_quoted(next);
    if (next == '\\' && at_ + 1 < line_.size()) next = line_[++at_];
    add(next);
  }

  void take_operator(char sign) {
    const bool goes_on = !words_.empty() && word_.empty() && is_operator_ && at_ > 0 &&
                         line_[at_ - 1] == sign && words_.back() == std::string(1, sign);
    finish();
    if (goes_on) {
      words_.back() += sign;  // && || >>
    } else {
      words_.emplace_back(1, sign);
    }
    is_operator_ = true;
  }

  void take_quoted(char quote) {
    has_word_ = true;
    for (++at_; at_ < line_.size() && line_[at_] != quote; ++at_) {
      if (quote == '"' && line_[at_] == '\\' && at_ + 1 < line_.size()) ++at_;
      word_ += line_[at_];
    }
  }

  void add(char next) {
    word_ += next;
    has_word_ = true;
  }

  void finish() {
    if (!has_word_) return;
    words_.push_back(std::exchange(word_, {}));
    has_word_ = false;
    is_operator_ = false;
  }

  std::string_view line_;
  std::size_t at_ = 0;
  Argv words_;
  std::string word_;
  bool has_word_ = false;
  bool is_operator_ = false;  ///< the last of the words
};

}  // namespace

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-=,:@+";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(text);
  std::string word = "'";
  for (const char each : text)
    word += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return word + "'";
}

Argv shell_words(std::string_view line) {
  return Splitter(line).words();
}

}  // namespace bootcheck
