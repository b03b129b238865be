using static Tessrax.Server.Tests.AppendTests;

namespace Tessrax.Server.Tests;

/// <summary>Receipts in two phases over HTTP: durable before they are told of, decided once, also across a restart.</summary>
public sealed class TransactionTests
{
    private const string Paid = """{"event":"x-paid","data":{"invoice":"i-1"},"expires":"PT10M"}""";

    [Fact]
    public async Task A_prepared_receipt_is_committed_once_or_aborted_for_good()
    {
        await using Clients clients = await Clients.Start();
        Clients.Client submitter = clients.Submitter;
        Told prepared = await submitter.Post("/v1/transactions", Paid, key: "i-1");
        Assert.Equal((201, "prepared"), (prepared.Status, prepared["state"].AsString()));
        string path = prepared.Headers.Location!.ToString();
        Assert.Equal($"/v1/transactions/{prepared["token"].AsString()}", path);
        Assert.Equal(1, clients.Size);
        // Sent again, it prepares nothing twice; for another invoice it is refused.
        Assert.Equal(prepared["token"], (await submitter.Post("/v1/transactions", Paid, key: "i-1"))["token"]);
        Assert.Equal(
            (409, "TSX4004"),
            Brief(await submitter.Post("/v1/transactions", Paid.Replace("i-1", "i-2"), key: "i-1"))
        );
        Told other = await submitter.Post("/v1/transactions", Paid);
        Assert.Equal(2, (await submitter.Get("/v1/transactions"))["transactions"].Items.Length);
        await clients.Restart();
        submitter = clients.Submitter;
        Told known = await submitter.Get(path);
        Assert.Equal(("prepared", "x-paid"), (known["state"].AsString(), known["event"].AsString()));
        for (int i = 0; i < 2; i++)
        {
            Told committed = await submitter.Post($"{path}/commit", []);
            Assert.Equal((200, 1, 2), (committed.Status, committed.Number("index"), committed.Number("size")));
        }
        Assert.Equal((409, "TSX4029"), Brief(await submitter.Post($"{path}/abort", [])));
        string second = $"/v1/transactions/{other["token"].AsString()}";
        for (int i = 0; i < 2; i++)
            Assert.Equal("aborted", (await submitter.Post($"{second}/abort", []))["state"].AsString());
        Assert.Equal((409, "TSX4028"), Brief(await submitter.Post($"{second}/commit", [])));
        Assert.Equal("committed", (await submitter.Get(path))["state"].AsString());
        Assert.Empty((await submitter.Get("/v1/transactions"))["transactions"].Items.ToArray());
        Told receipt = await clients.Reader.Get("/v1/receipts/1");
        Assert.Equal("i-1", receipt["payload"]["data"]!["invoice"]!.AsString());
        Assert.Equal(2, clients.Size);
    }

    [Fact]
    public async Task What_is_no_transaction_is_refused()
    {
        await using Clients clients = await Clients.Start();
        Clients.Client submitter = clients.Submitter;
        Assert.Equal((404, "TSX4027"), Brief(await submitter.Get($"/v1/transactions/{new string('0', 32)}")));
        Assert.Equal(
            (404, "TSX4027"),
            Brief(await submitter.Post($"/v1/transactions/{new string('0', 32)}/commit", []))
        );
        Assert.Equal((400, "TSX6005"), Brief(await submitter.Get("/v1/transactions/0")));
        Assert.Equal(
            (400, "TSX1017"),
            Brief(await submitter.Post("/v1/transactions", Paid.Replace("x-paid", "CLAIMS_RECORDED")))
        );
        foreach (string duration in (string[])["PT0S", "10", "PT-1S", "P1Y"])
            Assert.Equal(
                (400, "TSX1009"),
                Brief(await submitter.Post("/v1/transactions", Paid.Replace("PT10M", duration)))
            );
        Assert.Equal((403, "TSX6018"), Brief(await clients.Reader.Post("/v1/transactions", Paid)));
        Assert.Empty((await submitter.Get("/v1/transactions"))["transactions"].Items.ToArray());
        Assert.Equal(1, clients.Size);
    }
}
