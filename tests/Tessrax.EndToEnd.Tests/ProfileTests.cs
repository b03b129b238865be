using System.Text.Json;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>profile</c>, and how <c>verify</c> goes on, as people run them.</summary>
public sealed class ProfileTests : IDisposable
{
    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "correct horse" } };

    public ProfileTests()
    {
        ctl.Must("init", "ledger", "--origin", "example.com/profile");
        File.WriteAllText(Path.Combine(ctl.Folder, "payload.json"), """{"n":1}""");
        for (int i = 0; i < 3; i++)
            Append();
    }

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Says_what_a_replay_costs_and_draws_it()
    {
        CtlResult text = ctl.Must("profile", "ledger", "-o", "trace.json", "--threads", "2");
        Assert.Contains("4 entries in", text.Text, StringComparison.Ordinal);
        using JsonDocument trace = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ctl.Folder, "trace.json")));
        Assert.NotEqual(0, trace.RootElement.GetProperty("traceEvents").GetArrayLength());
        using JsonDocument json = JsonDocument.Parse(ctl.Must("profile", "ledger", "--json").Text);
        Assert.Equal(4, json.RootElement.GetProperty("timing").GetProperty("entries").GetInt32());
        Assert.False(json.RootElement.GetProperty("refuted").GetBoolean());
    }

    [Fact]
    public void Verification_goes_on_from_its_note_and_from_a_checkpoint()
    {
        ctl.Must("verify", "ledger", "--resume", "note");
        Append();
        CtlResult second = ctl.Must("verify", "ledger", "--resume", "note");
        Assert.Contains("the first 4 entries are not read again", second.Error, StringComparison.Ordinal);
        Assert.Contains("size 5", second.Text, StringComparison.Ordinal);
        File.Copy(Path.Combine(ctl.Folder, "ledger", "checkpoint"), Path.Combine(ctl.Folder, "seen"));
        CtlResult since = ctl.Must("verify", "ledger", "--since", "seen");
        Assert.Contains("everything is checked", since.Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(ctl.Folder, "note"), "noise");
        CtlResult refused = ctl.Run("verify", "ledger", "--resume", "note");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("TSX5030", refused.Error, StringComparison.Ordinal);
    }

    private void Append() => ctl.Must("append", "ledger", "--event", "x-test", "--payload", "payload.json");
}
