using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>The node that writes is stopped in the middle of whatever it does, and goes on when another one has taken over.</summary>
public sealed class FrozenOwnerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    [Fact(Explicit = true)]
    public async Task An_owner_that_is_frozen_and_goes_on_later_is_refused_and_ends()
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output);
        NodeProcess owner = await rig.Owner();
        var load = new ClusterLoad(rig.Others(owner), 8);
        await load.More(50);
        owner.Freeze();
        // What comes to it meanwhile waits in its sockets; without an idempotency key, so that nobody may do it twice.
        Task<(int Status, JsonValue Json)>[] late =
        [
            .. Enumerable.Range(0, 4).Select(i => owner.Client.Append(TextOf(i), null)),
        ];
        TimeSpan back = await load.More(1);
        await load.More(50);
        owner.Thaw();
        int exit = await owner.Exit();
        Assert.True(exit == 75, $"{exit}\n{owner.Told}");
        await load.More(50);
        await load.End();
        rig.Tell("owner frozen", back, Bound, load);
        Assert.Empty(load.Refused);
        Dictionary<string, long> there = await rig.MustHold(load);
        for (int i = 0; i < late.Length; i++)
            await MustAgree(TextOf(i), late[i], there);
    }

    private static string TextOf(int late) => string.Create(CultureInfo.InvariantCulture, $"late-{late}");

    // What was acknowledged is there, whoever acknowledged it.
    private static async Task MustAgree(
        string text,
        Task<(int Status, JsonValue Json)> request,
        Dictionary<string, long> there
    )
    {
        try
        {
            (int status, JsonValue answer) = await request;
            if (status is 200 or 201)
                Assert.Equal(answer["index"]!.AsNumberText(), there[text].ToString(CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException)
        {
            // Nobody was told anything.
        }
    }
}
