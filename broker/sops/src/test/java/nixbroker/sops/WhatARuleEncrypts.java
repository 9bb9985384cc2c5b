package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WhatARuleEncrypts {
  @Test
  void isEverythingWithoutOptions() throws SopsException {
    assertThat(RuleOptions.NONE.encrypts(List.of("a", "b"))).isTrue();
  }

  @Test
  void isNotWhatEndsInTheDefaultSuffix() throws SopsException {
    assertThat(RuleOptions.NONE.encrypts(List.of("a_unencrypted", "b"))).isFalse();
  }

  @Test
  void isNotWhatEndsInTheSuffix() throws SopsException {
    assertThat(new RuleOptions("_pub", "", "", "", "", "", false).encrypts(List.of("a", "b_pub")))
        .isFalse();
  }

  @Test
  void isOnlyWhatEndsInTheEncryptedSuffix() throws SopsException {
    assertThat(new RuleOptions("", "_enc", "", "", "", "", false).encrypts(List.of("a"))).isFalse();
  }

  @Test
  void isWhatLiesBelowAnEncryptedSuffix() throws SopsException {
    assertThat(new RuleOptions("", "_enc", "", "", "", "", false).encrypts(List.of("a_enc", "b")))
        .isTrue();
  }

  @Test
  void isNotWhatAnUnencryptedRegexFinds() throws SopsException {
    assertThat(new RuleOptions("", "", "ub", "", "", "", false).encrypts(List.of("pubkey")))
        .isFalse();
  }

  @Test
  void isOnlyWhatAnEncryptedRegexFinds() throws SopsException {
    assertThat(new RuleOptions("", "", "", "^data$", "", "", false).encrypts(List.of("metadata")))
        .isFalse();
  }

  @Test
  void isEverythingUnderACommentRegexForClearValues() throws SopsException {
    assertThat(new RuleOptions("", "", "", "", "clear", "", false).encrypts(List.of("a"))).isTrue();
  }

  @Test
  void isNothingUnderACommentRegexForEncryptedValues() throws SopsException {
    assertThat(new RuleOptions("", "", "", "", "", "secret", false).encrypts(List.of("a")))
        .isFalse();
  }

  @Test
  void isRefusedUnderAnInvalidExpression() {
    RuleOptions options = new RuleOptions("", "", "", "^(", "", "", false);
    assertThatThrownBy(() -> options.encrypts(List.of("a")))
        .isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void isRefusedUnderTwoOptions() {
    RuleOptions options = new RuleOptions("", "_enc", "", "a", "", "", false);
    assertThatThrownBy(() -> options.encrypts(List.of("a")))
        .isInstanceOf(SopsException.Malformed.class);
  }
}
