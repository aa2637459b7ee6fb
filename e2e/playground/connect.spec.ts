import { expect, expectAccessible, shoot, test } from './setup.js'

test('connects to the endpoint of its address', async ({ playground }) => {
  await playground.connected()
  const server = playground.page.getByRole('region', { name: 'Server', exact: true })
  await expect(server).toContainText('Healthy')
  await expect(server).toContainText('Everything is ready')
  await expectAccessible(playground)
  await shoot(playground, 'connect')
})
