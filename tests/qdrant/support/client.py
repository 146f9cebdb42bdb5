"""Qdrant's official Python client on a Qdrant at an address: create, index, upsert, query, scroll, delete."""

import sys

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

url, name = sys.argv[1:]
client = QdrantClient(url=url)

assert client.info().version.startswith("1.")
assert not client.collection_exists(name)
assert client.create_collection(
    name, vectors_config=models.VectorParams(size=4, distance=models.Distance.COSINE)
)
try:
    cid = "vecseal.cid"
    client.create_payload_index(name, cid, models.KeywordIndexParams(type="keyword", is_tenant=True))
    info = client.get_collection(name)
    assert info.config.params.vectors.size == 4
    assert info.payload_schema[cid].data_type == models.PayloadSchemaType.KEYWORD

    def point(id):
        payload = {"vecseal": {"cid": "odd" if id % 2 else "even"}, "id": id}
        return models.PointStruct(id=id, vector=[float(id), 1, 0, 0], payload=payload)

    client.upsert(name, [point(id) for id in range(1, 6)])
    client.upsert(name, models.Batch(ids=[6], vectors=[[6.0, 1, 0, 0]], payloads=[{"id": 6}]))
    client.upload_points(name, [point(id) for id in range(100, 400)], batch_size=64, wait=True)
    assert client.count(name).count == 306

    odd = models.Filter(must=[models.FieldCondition(key=cid, match=models.MatchValue(value="odd"))])
    few = models.Filter(must=[odd, models.FieldCondition(key="id", range=models.Range(lt=100))])
    found = client.query_points(name, query=[5.0, 1, 0, 0], query_filter=few, limit=2, with_payload=["id"]).points
    assert [point.payload for point in found] == [{"id": 5}, {"id": 3}], found
    batch = client.query_batch_points(name, [models.QueryRequest(query=[1.0, 1, 0, 0], limit=1)] * 2)
    assert [answer.points[0].id for answer in batch] == [1, 1]

    page, following = client.scroll(name, scroll_filter=few, limit=2)
    assert [point.id for point in page] == [1, 3] and following == 5
    assert [point.id for point in client.retrieve(name, [2, 99_999])] == [2]

    client.set_payload(name, {"more": True}, points=[2])
    client.delete(name, models.FilterSelector(filter=odd))
    client.delete(name, [4])
    assert client.count(name, exact=True).count == 152
    assert name in [collection.name for collection in client.get_collections().collections]
    try:
        client.get_collection(name + " not")
        raise AssertionError("a collection that does not exist was found")
    except UnexpectedResponse as error:
        assert error.status_code == 404
finally:
    assert client.delete_collection(name)
print("done")
