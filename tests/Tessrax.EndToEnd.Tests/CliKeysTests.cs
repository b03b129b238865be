using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Key files and signed notes through the real binary.</summary>
public sealed class CliKeysTests : IDisposable
{
    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void A_new_key_signs_notes_that_its_vkey_verifies()
    {
        string vkey = ctl.Must("keys", "new", "alice@example.com", "-o", "alice.key").Text.Trim();
        Assert.True(VerifierKey.TryParse(vkey, out VerifierKey? key));
        Assert.Equal("alice@example.com", key.Name);

        CtlResult signed = ctl.RunWith("I saw it.\n", "plumbing", "note-sign", "--key", "alice.key");
        Assert.Equal(0, signed.ExitCode);
        CtlResult verified = ctl.RunWith(signed.Bytes, "plumbing", "note-verify", "--key", vkey);
        Assert.Equal((0, "I saw it.\n"), (verified.ExitCode, verified.Text));

        byte[] changed = Encoding.UTF8.GetBytes(signed.Text.Replace("saw", "sew", StringComparison.Ordinal));
        CtlResult refuted = ctl.RunWith(changed, "plumbing", "note-verify", "--key", vkey);
        Assert.Equal(1, refuted.ExitCode);
        Assert.Empty(refuted.Bytes);
        Assert.StartsWith("error TSX2007: ", refuted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_is_private_and_never_overwritten()
    {
        ctl.Must("keys", "new", "alice", "-o", "alice.key");
        byte[] before = File.ReadAllBytes(ctl.PathOf("alice.key"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ctl.PathOf("alice.key")));
        CtlResult again = ctl.Run("keys", "new", "alice", "-o", "alice.key");
        Assert.Equal(2, again.ExitCode);
        Assert.StartsWith("error TSX2003: ", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(ctl.PathOf("alice.key")));
    }

    [Fact]
    public void A_wrong_passphrase_is_refused()
    {
        ctl.Must("keys", "new", "alice", "-o", "alice.key");
        ctl.Variables["TESSRAX_PASSPHRASE"] = "wrong";
        CtlResult result = ctl.RunWith("text\n", "plumbing", "note-sign", "--key", "alice.key");
        Assert.Equal(4, result.ExitCode);
        Assert.StartsWith("error TSX2001: ", result.Error, StringComparison.Ordinal);
        string file = ctl.Write("passphrase", "correct horse\n");
        string[] sign = ["plumbing", "note-sign", "--key", "alice.key", "--passphrase-file", file];
        Assert.Equal(0, ctl.RunWith("text\n", sign).ExitCode);
    }

    [Fact]
    public void Without_a_passphrase_nothing_is_made()
    {
        ctl.Variables.Clear();
        CtlResult result = ctl.Run("keys", "new", "alice", "-o", "alice.key");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error TSX2004: ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ctl.PathOf("alice.key")));
    }

    [Fact]
    public void Lists_the_keys_of_a_directory_without_their_passphrases()
    {
        Directory.CreateDirectory(ctl.PathOf("keys"));
        ctl.Must("keys", "new", "alice", "-o", "keys/alice.key");
        ctl.Must("keys", "new", "example.com/log", "--purpose", "log", "-o", "keys/log.key");
        ctl.Write("keys/README", "not a key");
        ctl.Variables.Clear();
        Snapshot.Check("keys-list", ctl.Must("keys", "list", "keys").Text, ctl.Folder);
        string[] lines = ctl.Must("keys", "list", ".", "--json").Lines;
        Assert.Equal(2, lines.Length);
        JsonValue log = JsonValue.Parse(Encoding.UTF8.GetBytes(lines[1]));
        Assert.Equal("log", log["purpose"]!.AsString());
        Assert.True(VerifierKey.TryParse(log["vkey"]!.AsString(), out _));
        Assert.Equal(2, ctl.Run("keys", "list", "keys/README").ExitCode);
        Assert.Equal(3, ctl.Run("keys", "list", "nowhere").ExitCode);
    }

    [Fact]
    public void A_log_key_signs_no_checkpoint_of_its_own_by_hand()
    {
        ctl.Must("keys", "new", "example.com/log", "--purpose", "log", "-o", "log.key");
        string checkpoint = "example.com/log\n1\n" + Convert.ToBase64String(new byte[32]) + "\n";
        CtlResult result = ctl.RunWith(checkpoint, "plumbing", "note-sign", "--key", "log.key");
        Assert.Equal(4, result.ExitCode);
        Assert.StartsWith("error TSX2005: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_every_note_vector_as_expected()
    {
        JsonValue vectors = JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "tlog", "notes.json")));
        int checkedNotes = 0;
        foreach (JsonValue vector in vectors.Items)
        {
            bool valid = vector["expect"]!.AsString() == "valid";
            if (vector["vkey"]!.Kind != JsonKind.String || (!valid && vector["expect"]!.AsString() != "invalid"))
                continue;
            string note = vector["note"]!.AsString();
            CtlResult result = ctl.RunWith(note, "plumbing", "note-verify", "--key", vector["vkey"]!.AsString());
            Assert.True((valid ? 0 : 1) == result.ExitCode, $"{vector["name"]}: {result.ExitCode} {result.Error}");
            checkedNotes++;
        }
        Assert.True(checkedNotes > 0);
    }

    [Fact]
    public void Answers_every_ed25519_edge_case_as_expected()
    {
        JsonValue vectors = JsonValue.Parse(File.ReadAllBytes(Spec.Path("vectors", "ed25519", "edge-cases.json")));
        foreach (JsonValue vector in vectors["cases"]!.Items)
        {
            byte[] message = Convert.FromHexString(vector["message"]!.AsString());
            string[] args =
            [
                "plumbing",
                "ed25519-verify",
                "--key",
                vector["public"]!.AsString(),
                "--signature",
                vector["signature"]!.AsString(),
            ];
            int wanted = vector["holds"]!.Kind == JsonKind.True ? 0 : 1;
            Assert.True(wanted == ctl.RunWith(message, args).ExitCode, vector["why"]!.AsString());
        }
    }

    [Theory]
    [InlineData("00", "00", 1)]
    [InlineData("zz", "00", 2)]
    [InlineData("00", "0", 2)]
    public void Ed25519_verify_tells_wrong_bytes_from_wrong_arguments(string key, string signature, int code) =>
        Assert.Equal(code, ctl.Run("plumbing", "ed25519-verify", "--key", key, "--signature", signature).ExitCode);

    [Fact]
    public void A_vkey_that_is_none_is_a_wrong_argument_and_bytes_that_are_no_note_are_refuted()
    {
        const string Vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        Assert.Equal(2, ctl.RunWith("text\n", "plumbing", "note-verify", "--key", "nonsense").ExitCode);
        Assert.Equal(1, ctl.RunWith("text\n", "plumbing", "note-verify", "--key", Vkey).ExitCode);
        Assert.Equal(1, ctl.RunWith(new byte[2 << 20], "plumbing", "note-verify", "--key", Vkey).ExitCode);
    }
}
